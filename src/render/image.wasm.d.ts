/** The image kernel, built by scripts/build-image-kernel.mjs. */
declare const module: WebAssembly.Module
export default module
