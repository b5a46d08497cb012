import { makeLog } from './kernel/log'
import { standInFor } from './kernel/missing-part'

/** The bindings of wrangler.toml. `AI` is not among them: it may be there or not (docs/providers.md). */
export const BINDINGS = ['DB', 'MEDIA', 'GENERATION_QUEUE', 'ASSETS', 'USER', 'ATTEMPTS', 'PROVIDER'] as const

const known = new WeakMap<object, Env>()
const log = makeLog({ part: 'environment' })

/**
 * The environment with a stand-in for every binding that is absent, so that what does not need it works: only its use
 * throws MissingPart. Each is logged once per isolate.
 */
export function withStandIns(env: Env): Env {
  const before = known.get(env)
  if (before) return before
  const absent = BINDINGS.filter((name) => env[name] === undefined || env[name] === null)
  for (const missing of absent) log('error', 'part_missing', { missing })
  const whole =
    absent.length === 0 ? env : { ...env, ...Object.fromEntries(absent.map((name) => [name, standInFor(name)])) }
  known.set(env, whole)
  // Who hands on what he was given gets the same again.
  known.set(whole, whole)
  return whole
}
