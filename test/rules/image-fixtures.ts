import { readFileSync } from 'node:fs'
import { crc32, deflateSync, inflateSync } from 'node:zlib'
import mozjpegEncoder from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { defaultOptions as jpegDefaults } from '@jsquash/jpeg/meta.js'
import webpEncoder from '@jsquash/webp/codec/enc/webp_enc.js'
import { defaultOptions as webpDefaults } from '@jsquash/webp/meta.js'
import { createImageKernel } from '../../src/render/image/kernel'
import { decodeWith } from '../../src/uploads/codecs'

// The types of Workers do not have this constructor, because Workers may not compile; Node may.
const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module
const wasm = (path: string) => new Module(readFileSync(`${import.meta.dirname}/../../${path}`))

export const kernelModule = wasm('src/render/image.wasm')
export const newKernel = () => createImageKernel(kernelModule)

/** Decoders that are not ours, as the Worker gets them. */
export const decoderModules = {
  jpeg: wasm('node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
  webp: wasm('node_modules/@jsquash/webp/codec/dec/webp_dec.wasm'),
}
/** All that decodes and codes pictures, by the names of src/render/modules.ts. */
export const codecModules = {
  image: kernelModule,
  webpEncoder: wasm('node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm'),
  jpegDecoder: decoderModules.jpeg,
  webpDecoder: decoderModules.webp,
}
export const decodeJpeg = (bytes: Uint8Array) => decodeWith(decoderModules, 'jpeg', bytes)

type Encode = (rgba: Uint8Array, width: number, height: number, options: object) => Uint8Array | null
const started = new Map<unknown, Promise<{ encode: Encode }>>()
async function encodeWith(
  factory: unknown,
  path: string,
  rgba: Uint8Array,
  width: number,
  height: number,
  options: object,
) {
  if (!started.has(factory)) {
    const instantiateWasm = (imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) => {
      const instance = new WebAssembly.Instance(wasm(path), imports)
      done(instance)
      return instance.exports
    }
    started.set(
      factory,
      (factory as (o: object) => Promise<{ encode: Encode }>)({ noInitialRun: true, instantiateWasm }),
    )
  }
  const encoder = await started.get(factory)!
  return Uint8Array.from(encoder.encode(rgba, width, height, options)!)
}

/** A JPEG of another encoder: mozjpeg, progressive unless told otherwise. */
export const foreignJpeg = (rgba: Uint8Array, width: number, height: number, options: object = {}) =>
  encodeWith(mozjpegEncoder, 'node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm', rgba, width, height, {
    ...jpegDefaults,
    ...options,
  })

export const foreignWebp = (rgba: Uint8Array, width: number, height: number, options: object = {}) =>
  encodeWith(webpEncoder, 'node_modules/@jsquash/webp/codec/enc/webp_enc.wasm', rgba, width, height, {
    ...webpDefaults,
    ...options,
  })

/** Deterministic pictures: `photo` is smooth with grain, `noise` the worst case, `drawing` flat areas with hard edges. */
export function picture(kind: 'photo' | 'noise' | 'drawing', width: number, height: number, alpha = false) {
  const rgba = new Uint8Array(width * height * 4)
  let seed = 12345 + width * 7919 + height
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      const at = (y * width + x) * 4
      for (let channel = 0; channel < 4; channel++) {
        const grain = (seed >>> (channel * 8)) & 255
        const wave = 128 + 90 * Math.sin(x * 0.07 + channel) * Math.cos(y * 0.05 - channel)
        const flat = ((x >> 4) + (y >> 3) * (channel + 1)) % 3 === 0 ? 250 : 10
        rgba[at + channel] = kind === 'photo' ? wave + grain / 32 : kind === 'noise' ? grain : flat
      }
      if (!alpha) rgba[at + 3] = 255
    }
  }
  return rgba
}

/** Peak signal-to-noise ratio of the colour channels, in dB. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) if (i % 4 !== 3) sum += (a[i]! - b[i]!) ** 2
  return sum === 0 ? 99 : 10 * Math.log10((255 * 255 * a.length * 0.75) / sum)
}

export const pngSignature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10)

export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), 4 + body.length)
  return new Uint8Array(out)
}

export function pngIhdr(width: number, height: number, depth: number, colorType: number, interlace = 0): Uint8Array {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([depth, colorType, 0, 0, interlace], 8)
  return pngChunk('IHDR', data)
}

export const concat = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.concat(parts))

/** A PNG file from filtered scanlines and the chunks before them. */
export const pngFile = (ihdr: Uint8Array, scanlines: Uint8Array, ...before: Uint8Array[]) =>
  concat(pngSignature, ihdr, ...before, pngChunk('IDAT', deflateSync(scanlines)), pngChunk('IEND', new Uint8Array(0)))

/** Chunks of a PNG file, every CRC checked. */
export function pngChunks(file: Uint8Array): { type: string; data: Uint8Array }[] {
  const bytes = Buffer.from(file)
  const chunks = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    const body = bytes.subarray(at + 4, at + 8 + length)
    if (crc32(body) !== bytes.readUInt32BE(at + 8 + length)) throw new Error('CRC')
    chunks.push({ type: body.toString('latin1', 0, 4), data: new Uint8Array(body.subarray(4)) })
    at += 12 + length
  }
  return chunks
}

/** Decodes what our encoder writes (8-bit RGB or RGBA) with zlib and the specification's formulas, and nothing of ours. */
export function referenceDecodePng(file: Uint8Array): { rgba: Uint8Array; width: number; height: number } {
  const chunks = pngChunks(file)
  const ihdr = Buffer.from(chunks[0]!.data)
  const [width, height, colorType] = [ihdr.readUInt32BE(0), ihdr.readUInt32BE(4), ihdr[9]!]
  const step = colorType === 2 ? 3 : 4
  const raw = inflateSync(Buffer.concat(chunks.filter((chunk) => chunk.type === 'IDAT').map((chunk) => chunk.data)))
  const rgba = new Uint8Array(width * height * 4).fill(255)
  let above = new Uint8Array(width * step)
  for (let y = 0; y < height; y++) {
    const line = raw.subarray(y * (width * step + 1), (y + 1) * (width * step + 1))
    const row = new Uint8Array(width * step)
    for (let i = 0; i < row.length; i++) {
      const [a, b, c] = [row[i - step] ?? 0, above[i]!, above[i - step] ?? 0]
      const p = a + b - c
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
      row[i] = line[i + 1]! + [0, a, b, (a + b) >> 1, paeth][line[0]!]!
    }
    for (let i = 0; i < row.length; i++) rgba[(y * width + Math.floor(i / step)) * 4 + (i % step)] = row[i]!
    above = row
  }
  return { rgba, width, height }
}

/** TIFF block with an orientation, in either byte order. */
export function exifBlock(orientation: number, little = true): Uint8Array {
  const block = Buffer.alloc(26)
  block.write(little ? 'II' : 'MM', 0, 'latin1')
  const u16 = (value: number, at: number) => (little ? block.writeUInt16LE(value, at) : block.writeUInt16BE(value, at))
  const u32 = (value: number, at: number) => (little ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at))
  u16(42, 2)
  u32(8, 4)
  u16(1, 8)
  u16(0x0112, 10)
  u16(3, 12)
  u32(1, 14)
  u16(orientation, 18)
  return new Uint8Array(block)
}

/** The JPEG with an APP1 Exif segment behind its SOI. */
export function withExif(jpeg: Uint8Array, block: Uint8Array): Uint8Array<ArrayBuffer> {
  const body = concat(Buffer.from('Exif\0\0', 'latin1'), block)
  const head = Uint8Array.of(0xff, 0xe1, (body.length + 2) >> 8, (body.length + 2) & 255)
  return concat(jpeg.subarray(0, 2), head, body, jpeg.subarray(2))
}
