import webpFactory from '@jsquash/webp/codec/enc/webp_enc_simd.js'
import { defaultOptions } from '@jsquash/webp/meta.js'
import { ImageError } from '../image/image-error'
import { checkPixels, type Pixels } from '../image/pixels'

type Encoder = { encode(data: Uint8Array, width: number, height: number, options: object): Uint8Array | null }
type Options = {
  noInitialRun: boolean
  locateFile(name: string): string
  print(text: string): void
  printErr(text: string): void
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports
}

// The package's own types lean on a global namespace that it does not ship.
const start = webpFactory as unknown as (options: Options) => Promise<Encoder>

/** libwebp's default, as native servers use it. 2 takes half the time, but its files are up to 0.3 dB worse and 2 % larger. */
const METHOD = 4

export type WebpEncoder = {
  /** Lossy WebP of opaque pixels, quality 0..100 on libwebp's scale. Throws ImageError. */
  encode(pixels: Pixels, quality: number): Uint8Array<ArrayBuffer>
  /** Linear memory held, in bytes. */
  readonly memoryBytes: number
}

/**
 * libwebp (jSquash's build with SIMD) from the compiled @jsquash/webp/codec/enc/webp_enc_simd.wasm. It starts with 16 MiB that
 * never shrink: use it for one picture and drop it.
 */
export async function createWebpEncoder(module: WebAssembly.Module): Promise<WebpEncoder> {
  let memory: WebAssembly.Memory | undefined
  const encoder = await start({
    noInitialRun: true,
    locateFile: (name) => name,
    print: () => {},
    printErr: () => {},
    // Workers may not compile WebAssembly from bytes, so the module comes compiled, and nothing is ever fetched.
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(module, imports)
      memory = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory)
      done(instance)
      return instance.exports
    },
  })
  return {
    encode(pixels, quality) {
      checkPixels(pixels)
      if (!(quality >= 0 && quality <= 100)) throw new ImageError('invalid', 'quality is 0 to 100')
      const { rgba, width, height } = pixels
      const bytes = new Uint8Array(rgba.buffer, rgba.byteOffset, rgba.byteLength)
      const file = encoder.encode(bytes, width, height, { ...defaultOptions, quality, method: METHOD })
      if (!file) throw new ImageError('too_large', 'libwebp could not code the picture')
      return new Uint8Array(file)
    },
    get memoryBytes() {
      return memory?.buffer.byteLength ?? 0
    },
  }
}
