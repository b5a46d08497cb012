import { createExecutionContext, createMessageBatch, getQueueResult, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { DEAD_LETTER_QUEUE } from '../../queues/consumer'
import type { JobView } from '../../src/generations/types'
import type { PoseMessage } from '../../src/messages'
import { userObject } from '../../src/objects'
import worker from '../../src/worker'
import { SESSION, startAsk, type Wish } from './jobs'
import { projectRow, userRow } from './rows'

export const QUEUE = 'lumiku-generation'
export { DEAD_LETTER_QUEUE }

type Delivered = { body: unknown; id?: string; attempts?: number }
type Options = { queue?: string; vars?: Partial<Record<keyof Env, unknown>> }

/** What became of a batch: ids that were acked, and those that come again with their delay in seconds. */
export type Handled = { acked: string[]; retried: Record<string, number> }

/**
 * Hands messages to the Worker as the platform does, in an environment with `vars`. The library's own result forgets
 * the delay of a retry, so that is read where the consumer says it.
 */
export async function deliver(messages: Delivered[], { queue = QUEUE, vars = {} }: Options = {}): Promise<Handled> {
  const batch = createMessageBatch(
    queue,
    messages.map(({ body, id, attempts = 1 }, index) => ({
      ...{ body, attempts, id: id ?? `m-${index}-${crypto.randomUUID()}`, timestamp: new Date() },
    })),
  )
  const asked = batch.messages.map((message) => ({ id: message.id, retry: vi.spyOn(message, 'retry') }))
  const execution = createExecutionContext()
  await worker.queue(batch, { ...env, ...vars } as Env, execution)
  const { explicitAcks } = await getQueueResult(batch, execution)
  const retried = asked.flatMap(({ id, retry }) => retry.mock.calls.map(([how]) => [id, how?.delaySeconds ?? 0]))
  return { acked: explicitAcks, retried: Object.fromEntries(retried) }
}

type Method = 'claim' | 'finish' | 'keepRun'
type Failure = { times?: number; afterwards?: boolean; and?: Method[] }

/**
 * Variables under which this call to the users' objects fails, the first `times` of it or always: before it reaches the
 * object, or `afterwards`, when only the answer is lost. The same for those in `and`.
 */
export function failing(method: Method, { times = Number.POSITIVE_INFINITY, afterwards, and = [] }: Failure = {}) {
  const broken: PropertyKey[] = [method, ...and]
  let left = times
  const getByName = (name: string) =>
    new Proxy(env.USER.getByName(name), {
      get(stub, property) {
        const real = Reflect.get(stub, property)
        if (!broken.includes(property) || left-- <= 0) return real
        return async (...sent: unknown[]) => {
          if (afterwards) await real(...sent)
          throw new Error('the object is away')
        }
      },
    })
  return { USER: { getByName } }
}

/** Catches what an object sends to the queue, until it is evicted. The list grows as it sends. */
export async function catchSent(userId: string): Promise<PoseMessage[]> {
  const sent: PoseMessage[] = []
  const queue = {
    sendBatch: async (batch: { body: PoseMessage }[]) => {
      sent.push(...batch.map(({ body }) => body))
    },
  }
  await runInDurableObject(userObject(env, userId), (object) => {
    Object.defineProperty(object, 'env', { value: { ...env, GENERATION_QUEUE: queue }, configurable: true })
  })
  return sent
}

export type OpenUser = Awaited<ReturnType<typeof openUser>>

/** A user with rows in D1, an object with `credits` and a session; what the object sends is caught in `sent`. */
export async function openUser({ credits = 300 } = {}) {
  const userId = await userRow()
  const projectId = await projectRow(userId)
  const object = () => userObject(env, userId)
  await object().open({ userId, welcomeCredits: credits })
  await object().openSession({ id: SESSION, refreshHash: 'hash', userAgent: 'Firefox' })
  const sent = await catchSent(userId)
  const sql = <R>(work: (sql: SqlStorage, storage: DurableObjectStorage) => R | Promise<R>): Promise<R> =>
    runInDurableObject(object(), (_object, { storage }) => work(storage.sql, storage))
  return { userId, projectId, object, sent, sql }
}

/** Starts a job of this user that must be accepted, with poses of the test library. */
export async function startFor(user: OpenUser, wish: Wish = {}): Promise<JobView> {
  const ask = startAsk({ projectId: user.projectId, poseId: 'carry-box-chest', ...wish })
  const answer = await user.object().start(ask)
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
  return answer.job
}

/** Waits for the messages of a job's first window: they follow its answer. */
export async function messagesOf(user: OpenUser, jobId: string, count: number): Promise<PoseMessage[]> {
  const ofJob = () => user.sent.filter((message) => message.jobId === jobId)
  await vi.waitUntil(() => ofJob().length >= count, { timeout: 5_000, interval: 5 })
  return ofJob()
}
