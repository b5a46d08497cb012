import { makeCtx } from './ctx'
import { castNets, NETS } from './recovery/cast-nets'

/** The trigger of wrangler.toml. Money is looked after every minute, lost alarms every fifth. */
const EVERY_MINUTE = '* * * * *'
const MINUTE_MS = 60_000

/** A tick of no trigger of ours, started by hand, casts all nets. */
export const scheduled: ExportedHandlerScheduledHandler<Env> = async function scheduled(controller, env, execution) {
  const { cron, scheduledTime } = controller
  const ctx = makeCtx(env, `cron-${scheduledTime}`, (work) => execution.waitUntil(work))
  const isFifth = Math.floor(scheduledTime / MINUTE_MS) % 5 === 0
  await castNets(ctx, scheduledTime, isFifth || cron !== EVERY_MINUTE ? NETS : ['payments', 'plans'])
}
