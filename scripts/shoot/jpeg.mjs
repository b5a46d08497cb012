// JPEG in Node: some models answer it.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '../child-process.mjs'

let decoder

/** Straight RGBA `{ rgba, width, height }` of a JPEG file; throws for anything else. */
export async function decodeJpeg(bytes) {
  decoder ??= startDecoder()
  const decode = await decoder
  const { data, width, height } = await decode(bytes)
  return { rgba: data, width, height }
}

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
