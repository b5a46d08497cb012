import { createImageKernel, type ImageKernel } from '../render/image/kernel'
import { createWebpEncoder, type WebpEncoder } from '../render/webp/encode'
import type { Holding } from './render-memory'

/** The compiled modules of coding; src/render/modules.ts has them. */
export type EncodeModules = { image: WebAssembly.Module; webpEncoder: WebAssembly.Module }

/**
 * The coders of one job, each made when it is first asked for and gone with the job: their memory never shrinks. The WebP
 * coder has its own 23 MiB or more, so the kernel goes before it begins; asked again, there is a new one.
 */
export type Coders = {
  kernel(): ImageKernel
  webp(): Promise<WebpEncoder>
  dropKernel(): void
  held(): Holding[]
}

export function openCoders(modules: EncodeModules): Coders {
  let kernel: ImageKernel | undefined
  let webp: WebpEncoder | undefined
  return {
    kernel() {
      kernel ??= createImageKernel(modules.image)
      return kernel
    },
    async webp() {
      webp ??= await createWebpEncoder(modules.webpEncoder)
      return webp
    },
    dropKernel() {
      kernel = undefined
    },
    held: () => [
      { name: 'kernel', kind: 'wasm', bytes: kernel?.memoryBytes ?? 0 },
      { name: 'WebP coder', kind: 'wasm', bytes: webp?.memoryBytes ?? 0 },
    ],
  }
}
