import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import type { PoseMessage } from '../../src/messages'
import type { Wish } from './jobs'
import { deliver, messagesOf, type OpenUser, startFor } from './queue'

type Vars = Partial<Record<keyof Env | string, unknown>>

/**
 * A shoot whose messages are in the test's own hands: `step` delivers all that wait, once each; what comes again waits
 * with its delay in seconds. Nothing sleeps: time is what the test says it is.
 */
export async function openShoot(user: OpenUser, vars: Vars, wish: Wish = {}) {
  const job = await startFor(user, wish)
  const poses = Math.min(wish.poses ?? 1, wish.taskWindow ?? 8)
  let waiting: PoseMessage[] = [...(await messagesOf(user, job.id, poses))]
  let known = user.sent.length
  const delays: number[] = []
  const fresh = (sent: PoseMessage[]) => ({
    send: async (body: PoseMessage, { delaySeconds = 0 } = {}) => {
      sent.push(body)
      delays.push(delaySeconds)
    },
  })

  /** Delivers every message that waits, side by side; the delays after which some come again. */
  async function step(extra: Vars = {}): Promise<number[]> {
    const messages = waiting.map((body, n) => ({ body, id: `m-${job.id}-${n}-${crypto.randomUUID()}` }))
    const sent: PoseMessage[] = []
    delays.length = 0
    const { retried } = await deliver(messages, {
      vars: { GENERATION_QUEUE: fresh(sent), ...vars, ...extra } as Partial<Record<keyof Env, unknown>>,
    })
    delays.push(...Object.values(retried))
    const back = messages.filter(({ id }) => id in retried).map(({ body }) => body)
    waiting = [...back, ...sent, ...user.sent.slice(known).filter(({ jobId }) => jobId === job.id)]
    known = user.sent.length
    return [...delays]
  }

  /** Steps until nothing waits any more, moving the clock by the shortest delay each time. */
  async function run(maxSteps = 60): Promise<void> {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    for (let n = 0; n < maxSteps && waiting.length > 0; n++) {
      const again = await step()
      const soonest = again.length > 0 ? Math.min(...again) : 0
      vi.setSystemTime(Date.now() + Math.max(1, soonest) * 1_000)
    }
    if (waiting.length > 0) throw new Error(`${waiting.length} messages still wait after ${maxSteps} steps`)
  }

  /** The queue delivers every waiting message so many times. */
  function repeatWaiting(times: number): void {
    waiting = Array.from({ length: times }, () => waiting).flat()
  }

  return { job, step, run, repeatWaiting, waiting: () => waiting, view: () => user.object().job(job.id) }
}

/** The rows of a job's pictures in D1. */
export const pictureRows = async (jobId: string) =>
  (await env.DB.prepare('SELECT * FROM generated_poses WHERE generation_id = ? ORDER BY position').bind(jobId).all())
    .results
