import type { AppPart } from '../apps/manifest'
import type { BINDINGS } from '../bindings'
import type { Config } from '../config'
import type { Ctx } from '../ctx'
import { fail } from '../http/errors'
import { isStandIn, MissingPart } from '../kernel/missing-part'
import { imageProviders } from '../providers/registry'

type Made = { bindings: readonly (typeof BINDINGS)[number][]; settings: readonly (keyof Config)[] }

const SETTINGS_OF_PICTURES = [
  ...(['IMAGE_PROVIDERS', 'PROVIDER_LIMITS', 'NSFW_MODE', 'NSFW_THRESHOLD', 'POSE_MATCH_MIN'] as const),
  ...(['EMBEDDED_LATENCY_MS', 'EMBEDDED_FAIL_RATE', 'EMBEDDED_MODERATE', 'EMBEDDED_FIXED'] as const),
] as const

/** What each part is made of: without any of it, the part is missing. */
const PARTS: Record<AppPart, Made> = {
  database: { bindings: ['DB'], settings: [] },
  /** Files, and the addresses under which people may see them. */
  storage: { bindings: ['MEDIA'], settings: ['MEDIA_SIGNING_SECRET'] },
  /** Holds and tasks. */
  jobs: { bindings: ['USER', 'GENERATION_QUEUE'], settings: ['LIMIT_POSES_PER_HOUR', 'LIMIT_GENERATES_PER_MINUTE'] },
  accounts: { bindings: ['USER', 'ATTEMPTS'], settings: ['JWT_SECRET', 'WELCOME_CREDITS'] },
  pictures: { bindings: [], settings: SETTINGS_OF_PICTURES },
  previews: { bindings: ['ASSETS'], settings: [] },
}

/** Whether something that the part is made of is absent or wrong. Asks nobody; whether it answers is look.ts's question. */
export function isMissing(ctx: Ctx, part: AppPart): boolean {
  const { bindings, settings } = PARTS[part]
  if (bindings.some((name) => isStandIn(ctx.env[name]))) return true
  if (settings.some((name) => !isReadable(ctx.config, name))) return true
  return part === 'pictures' && isStandIn(ctx.env.PROVIDER) && mustBeGuarded(ctx)
}

/** Providers that cost money are guarded by an object; the drawing that costs nothing is not. */
const mustBeGuarded = ({ config, env }: Ctx): boolean =>
  imageProviders(config, env).some(({ limits }) => limits !== null)

function isReadable(config: Config, name: keyof Config): boolean {
  try {
    return config[name] !== undefined
  } catch (error) {
    if (error instanceof MissingPart) return false
    throw error
  }
}

const RETRY_SECONDS = 60

/** Throws UNAVAILABLE when one of these is missing: before anything is held for work that nobody could do. */
export function requireParts(ctx: Ctx, parts: readonly AppPart[]): void {
  if (parts.some((part) => isMissing(ctx, part)))
    throw fail('UNAVAILABLE', { reason: 'a part of the service is not set up; nothing was charged' }, RETRY_SECONDS)
}
