import type { ProviderStatus } from '../../durable-objects/provider/types'
import type { Config, ProviderId } from '../config'
import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { providerObject } from '../objects'
import type { ImageProvider } from './contract'
import { imageProviders } from './registry'

/** How old an answer of recentStanding may be. */
const COPY_MS = 5_000

/**
 * One provider of IMAGE_PROVIDERS. `provider` is null when a key or an address of it is missing; `status` is null when
 * there is nothing to guard (no limits), or when it could not be read: then `isUnknown`.
 */
export type Standing = {
  id: ProviderId
  provider: ImageProvider | null
  status: ProviderStatus | null
  isUnknown: boolean
}

const copies = new WeakMap<Config, { at: number; standing: Standing[] }>()

/** How every configured provider does, in the order in which they are asked. Never throws: what fails is unknown. */
export const readStanding = (ctx: Ctx): Promise<Standing[]> =>
  Promise.all([...new Set(ctx.config.IMAGE_PROVIDERS)].map((id) => standingOf(ctx, id)))

/** How one does; undefined when it is not configured. */
export const readStandingOf = async (ctx: Ctx, id: ProviderId): Promise<Standing | undefined> =>
  ctx.config.IMAGE_PROVIDERS.includes(id) ? standingOf(ctx, id) : undefined

/** The same from this isolate's copy, if that is at most 5 seconds old. */
export async function recentStanding(ctx: Ctx): Promise<Standing[]> {
  const copy = copies.get(ctx.config)
  if (copy && ctx.now() - copy.at < COPY_MS) return copy.standing
  const standing = await readStanding(ctx)
  copies.set(ctx.config, { at: ctx.now(), standing })
  return standing
}

/** Whether it would take a picture now: its circuit is closed and the day's money is not spent. */
export function isWorking({ provider, status, isUnknown }: Standing): boolean {
  if (!provider || isUnknown) return false
  return status === null || (status.circuit === 'closed' && status.spentTodayMicroUsd < status.dailyMicroUsd)
}

async function standingOf(ctx: Ctx, id: ProviderId): Promise<Standing> {
  const provider = imageProviders(ctx.config, ctx.env).find((each) => each.id === id)
  if (!provider?.limits) return { id, provider: provider ?? null, status: null, isUnknown: false }
  try {
    const status = await providerObject(ctx.env, provider).status(provider.limits)
    return { id, provider, status, isUnknown: false }
  } catch (error) {
    ctx.log('error', 'provider_status_unknown', { provider: id, error: describeError(error) })
    return { id, provider, status: null, isUnknown: true }
  }
}
