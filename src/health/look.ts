import type { AppPart } from '../apps/manifest'
import type { Config } from '../config'
import type { Ctx } from '../ctx'
import { describeError } from '../kernel/log'
import { choices } from '../providers/choose'
import { isWorking, recentStanding, type Standing } from '../providers/status'
import { isMissing } from './parts'

/** However many ask, each isolate looks once in this time. */
const LOOK_EVERY_MS = 5_000
/** A store that has not answered by then is down for who waits for it. */
const PROBE_MS = 2_000

export type Health = 'ok' | 'degraded' | 'down'

/**
 * `database`: what is searched and listed. `storage`: picture files. `pictures`: degraded when another provider stands in
 * for the first or only some can be made, down when none can. `jobs`, `accounts` and `previews` are down when something of
 * them is not set up: nothing short of a message through the queue would tell more.
 */
export type Look = {
  status: Health
  parts: Record<AppPart, Health>
  /** For sellers; null when there is nothing to tell them. */
  banner: { en: string; id: string } | null
}

const PICTURES_WAIT = {
  en: 'Pictures are taking longer than usual. Yours wait and are made as soon as possible; nothing is charged for a picture that is not made.',
  id: 'Pembuatan gambar sedang lebih lama dari biasanya. Gambar Anda menunggu dan dibuat secepatnya; gambar yang tidak jadi tidak dikenai biaya.',
}

const looks = new WeakMap<Config, { at: number; look: Look }>()

/** How we do, as of at most 5 seconds ago. Never throws. */
export async function lookAround(ctx: Ctx): Promise<Look> {
  const last = looks.get(ctx.config)
  if (last && ctx.now() - last.at < LOOK_EVERY_MS) return last.look
  // Who comes while this look is under way gets the last one, and does not start another.
  if (last) last.at = ctx.now()
  const [database, storage, standing] = await Promise.all([
    probe(ctx, 'database', () => ctx.env.DB.prepare('select 1').first()),
    probe(ctx, 'storage', () => ctx.env.MEDIA.head('health/nothing-is-kept-here')),
    isMissing(ctx, 'pictures') ? [] : recentStanding(ctx),
  ])
  const found = { database, storage, pictures: healthOfPictures(standing) }
  const look = judge({ ...found, ...setUp(ctx, ['jobs', 'accounts', 'previews']) })
  looks.set(ctx.config, { at: ctx.now(), look })
  return look
}

const setUp = <P extends AppPart>(ctx: Ctx, parts: readonly P[]) =>
  Object.fromEntries(parts.map((part) => [part, isMissing(ctx, part) ? 'down' : 'ok'])) as Record<P, Health>

type Parts = Record<Exclude<AppPart, 'pictures'>, Health> & { pictures: Pictures }

/** Without its database nothing works; without anything else something does. */
export function judge({ pictures, ...others }: Parts): Look {
  const { database, storage, jobs } = others
  const parts = { ...others, pictures: pictures.health }
  const isWhole = Object.values(parts).every((health) => health === 'ok')
  const status = database === 'down' ? 'down' : isWhole ? 'ok' : 'degraded'
  const mustWait = pictures.someWait || [database, storage, jobs].includes('down')
  return { status, parts, banner: mustWait ? PICTURES_WAIT : null }
}

/** `someWait`: pictures of some kind have nobody who would make them now. */
type Pictures = { health: Health; someWait: boolean }

/** Judged by ordinary pictures in their pose, of an avatar and of nobody: one kind may wait while the other is made. */
export function healthOfPictures(standing: readonly Standing[]): Pictures {
  const kinds = [healthOfKind(standing, true), healthOfKind(standing, false)]
  const someWait = kinds.includes('down')
  if (kinds.every((health) => health === 'ok')) return { health: 'ok', someWait }
  return { health: kinds.every((health) => health === 'down') ? 'down' : 'degraded', someWait }
}

function healthOfKind(standing: readonly Standing[], hasReference: boolean): Health {
  const providers = standing.flatMap(({ provider }) => provider ?? [])
  const ordinary = { hasReference, looseControl: false, widthPx: 1_024, heightPx: 1_024 }
  const strict = choices(providers, ordinary)
  const able = strict.length > 0 ? strict : choices(providers, { ...ordinary, looseControl: true })
  const working = able.map(({ provider }) => standing.some((each) => each.provider === provider && isWorking(each)))
  if (working[0]) return 'ok'
  return working.includes(true) ? 'degraded' : 'down'
}

async function probe(ctx: Ctx, part: AppPart, ask: () => Promise<unknown>): Promise<Health> {
  if (isMissing(ctx, part)) return 'down'
  const late = AbortSignal.timeout(PROBE_MS)
  try {
    await Promise.race([
      ask(),
      new Promise((_, reject) =>
        late.addEventListener('abort', () => reject(new Error(`no answer in ${PROBE_MS} ms`))),
      ),
    ])
    return 'ok'
  } catch (error) {
    ctx.log('error', 'health_probe_failed', { part, error: describeError(error) })
    return 'down'
  }
}
