import type { Config, ProviderId } from '../config'
import { makeLog } from '../kernel/log'
import type { ImageProvider, Limits } from './contract'
import { embeddedProvider } from './embedded'
import { falProvider } from './fal'
import { huggingFaceProvider } from './huggingface'
import { huggingFaceEndpointProvider } from './huggingface-endpoint'
import { huggingFaceTextProvider } from './huggingface-text'
import { wavespeedProvider } from './wavespeed'
import { workersAiProvider } from './workers-ai'

/** Makes a provider from its settings; null when a key or an address that it needs is missing. */
export type MakeProvider = (config: Config, env: Env) => ImageProvider | null

const PROVIDERS: Record<ProviderId, MakeProvider> = {
  embedded: embeddedProvider,
  fal: falProvider,
  wavespeed: wavespeedProvider,
  'workers-ai': workersAiProvider,
  huggingface: huggingFaceProvider,
  'huggingface-text': huggingFaceTextProvider,
  'huggingface-endpoint': huggingFaceEndpointProvider,
}

const made = new WeakMap<Config, Map<string, ImageProvider | null>>()
const lists = new WeakMap<Config, ImageProvider[]>()
const log = makeLog({ part: 'providers' })

/**
 * The providers of IMAGE_PROVIDERS that can work, in its order. One without its key is left out, with an error in the log:
 * the others go on. Made once per isolate: some keep compiled modules or small caches.
 */
export function imageProviders(config: Config, env: Env): ImageProvider[] {
  const known = lists.get(config)
  if (known) return known
  const providers = config.IMAGE_PROVIDERS.flatMap((id) => {
    const provider = providerOf(config, env, id)
    if (!provider) log('error', 'provider_not_set_up', { provider: id })
    return provider ?? []
  })
  lists.set(config, providers)
  return providers
}

/**
 * A provider that can work, also when IMAGE_PROVIDERS does not name it (any more): it gets no new picture then, but what
 * it has begun is fetched there and not paid for once more. Null without its key, or for an id that nobody knows.
 */
export function providerOf(config: Config, env: Env, id: string): ImageProvider | null {
  const known = made.get(config) ?? new Map<string, ImageProvider | null>()
  made.set(config, known)
  const before = known.get(id)
  if (before !== undefined) return before
  const provider = isProviderId(id) ? PROVIDERS[id](config, env) : null
  const answer = provider && limited(provider, id as ProviderId, config)
  known.set(id, answer)
  return answer
}

const isProviderId = (id: string): id is ProviderId => Object.hasOwn(PROVIDERS, id)

/** The provider with the limits of PROVIDER_LIMITS in place of its own. */
function limited(provider: ImageProvider, id: ProviderId, config: Config): ImageProvider {
  const asked = config.PROVIDER_LIMITS[id]
  if (!asked || !provider.limits) return provider
  const limits: Limits = {
    slots: asked.slots ?? provider.limits.slots,
    perMinute: asked.perMinute ?? provider.limits.perMinute,
    dailyMicroUsd: asked.dailyUsd === undefined ? provider.limits.dailyMicroUsd : Math.round(asked.dailyUsd * 1e6),
  }
  return Object.assign(Object.create(provider) as ImageProvider, { limits })
}
