/** The mannequin kernel, built by scripts/build-mannequin.mjs. */
declare const module: WebAssembly.Module
export default module
