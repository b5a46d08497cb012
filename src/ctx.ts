import { withStandIns } from './bindings'
import { type Config, configOf } from './config'
import { type Database, openDatabase } from './db/client'
import { type Log, makeLog } from './kernel/log'

/** What a handler, a consumer or a cron job works with. Made once per request, message batch or tick. */
export type Ctx = {
  env: Env
  config: Config
  db: Database
  log: Log
  requestId: string
  now: () => number
  /** Runs after the answer has gone; failures are logged, never lost work (see the outbox). */
  later: (work: Promise<unknown>) => void
}

/** Never throws: a binding or a setting that is missing throws MissingPart when it is used. */
export function makeCtx(given: Env, requestId: string, waitUntil: (work: Promise<unknown>) => void): Ctx {
  const env = withStandIns(given)
  return {
    env,
    config: configOf(env),
    db: openDatabase(env.DB),
    log: makeLog({ requestId }),
    requestId,
    now: () => Date.now(),
    later: waitUntil,
  }
}
