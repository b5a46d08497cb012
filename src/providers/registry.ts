import type { Config } from '../config'
import type { ImageProvider } from './contract'
import { embeddedProvider } from './embedded'

const PROVIDERS: Record<Config['IMAGE_PROVIDERS'][number], (config: Config) => ImageProvider> = {
  embedded: embeddedProvider,
}

const made = new WeakMap<Config, ImageProvider>()

/** The first provider of IMAGE_PROVIDERS. Made once per isolate: some keep compiled modules or small caches. */
export function imageProvider(config: Config): ImageProvider {
  const known = made.get(config)
  if (known) return known
  const provider = PROVIDERS[config.IMAGE_PROVIDERS[0]!](config)
  made.set(config, provider)
  return provider
}
