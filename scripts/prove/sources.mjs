// Runs the TypeScript sources as they are: they import each other without extensions, as bundlers like it.
import { registerHooks } from 'node:module'

registerHooks({
  resolve: (specifier, context, next) =>
    next(/^\.{1,2}\/(?:.*\/)?[^/.]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
})
