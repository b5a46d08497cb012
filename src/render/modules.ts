import jpegDecoder from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import webpDecoder from '@jsquash/webp/codec/dec/webp_dec.wasm'
import webpEncoder from '@jsquash/webp/codec/enc/webp_enc_simd.wasm'
import image from './image.wasm'
import mannequin from './mannequin.wasm'

/** Every compiled WebAssembly module of the Worker. Code that also runs in Node takes one as an argument instead. */
export const modules: Record<
  'image' | 'mannequin' | 'jpegDecoder' | 'webpDecoder' | 'webpEncoder',
  WebAssembly.Module
> = {
  image,
  mannequin,
  jpegDecoder,
  webpDecoder,
  webpEncoder,
}
