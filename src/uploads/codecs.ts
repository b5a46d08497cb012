import mozjpegFactory from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js'
import webpFactory from '@jsquash/webp/codec/dec/webp_dec.js'
import { ImageError } from '../render/image/image-error'
import type { DecodedImage } from '../render/image/png-decode'

/** The compiled decoders: @jsquash/jpeg/codec/dec/mozjpeg_dec.wasm and @jsquash/webp/codec/dec/webp_dec.wasm. */
export type DecoderModules = { jpeg: WebAssembly.Module; webp: WebAssembly.Module }

type Decoded = { data: Uint8ClampedArray<ArrayBuffer>; width: number; height: number }
type Decoder = { decode(...args: unknown[]): Decoded | null }
type Options = {
  noInitialRun: boolean
  locateFile(name: string): string
  print(text: string): void
  printErr(text: string): void
  instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void): WebAssembly.Exports
}
type Factory = (options: Options) => Promise<Decoder>

// The packages' own types lean on a global namespace that they do not ship.
const FACTORIES = { jpeg: mozjpegFactory, webp: webpFactory } as unknown as Record<'jpeg' | 'webp', Factory>

/** libjpeg fills what is missing with grey and only says so: a picture that ends early is none. */
const MISSING_DATA = /premature end|instead of RST/i

/** JPEG: preserveOrientation. Off, as orientation.ts does it for every kind. */
const OTHER_ARGUMENTS = { jpeg: [false], webp: [] }

/**
 * Decodes a whole JPEG or WebP file as stored (EXIF orientation is not applied). A decoder lives for one picture: its memory
 * never shrinks, and after a broken file its state is anyone's guess. Throws ImageError `corrupt`.
 */
export async function decodeWith(
  modules: DecoderModules,
  type: 'jpeg' | 'webp',
  bytes: Uint8Array,
): Promise<DecodedImage> {
  let warnings = ''
  const decoder = await FACTORIES[type](startFrom(modules[type], (text) => (warnings += text)))
  let image: Decoded | null
  try {
    image = decoder.decode(bytes, ...OTHER_ARGUMENTS[type])
  } catch (error) {
    // For what libjpeg and libwebp refuse, Emscripten throws numbers, ExitStatus or RuntimeError; this one is a wrong call.
    if (error instanceof Error && error.name === 'BindingError') throw error
    image = null
  }
  if (MISSING_DATA.test(warnings)) throw new ImageError('corrupt', `the ${type} ends before its picture does`)
  if (!image) throw new ImageError('corrupt', `the ${type} data are damaged`)
  const { data, width, height } = image
  return { rgba: new Uint8Array(data.buffer, data.byteOffset, data.byteLength), width, height }
}

/** Workers may not compile WebAssembly from bytes, so the module comes compiled, and nothing is ever fetched. */
const startFrom = (module: WebAssembly.Module, printErr: Options['printErr']): Options => ({
  noInitialRun: true,
  locateFile: (name) => name,
  print: () => {},
  printErr,
  instantiateWasm(imports, done) {
    const instance = new WebAssembly.Instance(module, imports)
    done(instance)
    return instance.exports
  },
})
