// Pixels of the pictures that sellers download, and the hashes by which they are told from each other.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPng } from '../../test/providers/servers/fake-picture.mjs'
import { root } from '../child-process.mjs'

/** Hex SHA-256 of a text or of bytes. */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex')

/** Straight RGBA `{ rgba, width, height }` of PNG or JPEG bytes; throws for anything else. */
export async function readPixels(bytes) {
  if (bytes.readUInt16BE(0) !== 0xffd8) return readPng(bytes)
  decoder ??= startDecoder()
  const decode = await decoder
  const { data, width, height } = await decode(bytes)
  return { rgba: data, width, height }
}

let decoder

/** Node has no fetch for files and no ImageData, so the decoder gets both from us. */
async function startDecoder() {
  globalThis.ImageData ??= class {
    constructor(data, width, height) {
      Object.assign(this, { data, width, height })
    }
  }
  const wasm = await readFile(join(root, 'node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'))
  const { default: decode, init } = await import('@jsquash/jpeg/decode.js')
  await init(await WebAssembly.compile(wasm))
  return decode
}

/** Hex SHA-256 of a control map's pixels. */
export const pixelsSha256 = ({ rgba }) => sha256(rgba)

/** What stands in a fake picture for the one reference that it was made from. */
export const referenceSha256 = ({ rgba }) => sha256(Buffer.from(sha256(rgba), 'hex'))
