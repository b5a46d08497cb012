import { MAX_SEND_BATCH } from '../../src/kernel/limits'
import { describeError, type Log } from '../../src/kernel/log'
import type { PoseMessage } from '../../src/messages'
import { dueProjection, dueProjectionAt, markProjected } from './outbox'
import { requireOwner } from './owner'
import { writeProjection } from './project'
import type { Sending } from './queueing'

const RETRY_DRAIN_MS = 5_000

/** What leaves an object after its commands: rows for D1 and messages for the queue. Forgets nothing that matters. */
export class Outgoing {
  readonly #storage: DurableObjectStorage
  readonly #env: () => Env
  readonly #log: Log
  #draining: Promise<void> | null = null
  /** After a failed drain, so that alarms do not spin while D1 is away. Lost on eviction: then one try comes early. */
  notBefore = 0

  constructor(storage: DurableObjectStorage, env: () => Env, log: Log) {
    this.#storage = storage
    this.#env = env
    this.#log = log
  }

  /** Whether D1 is to be written to now. */
  isDue(now: number): boolean {
    return Math.max(dueProjectionAt(this.#storage.sql), this.notBefore) <= now
  }

  /** A lost send is found again by the task's own due time: nothing is remembered here. */
  async send(sendings: Sending[]): Promise<void> {
    if (sendings.length === 0) return
    const userId = requireOwner(this.#storage.sql)
    const messages = sendings.map(
      (sending): MessageSendRequest<PoseMessage> => ({ body: { type: 'pose', userId, ...sending } }),
    )
    try {
      for (let from = 0; from < messages.length; from += MAX_SEND_BATCH)
        await this.#env().GENERATION_QUEUE.sendBatch(messages.slice(from, from + MAX_SEND_BATCH))
    } catch (error) {
      this.#log('warn', 'queue_send_failed', { count: messages.length, error: describeError(error) })
    }
  }

  /** Brings D1 up to date, one drain at a time. If D1 is away the rows stay due and the alarm tries again. */
  drain(): Promise<void> {
    this.#draining ??= this.#drainOnce().finally(() => {
      this.#draining = null
    })
    return this.#draining
  }

  async #drainOnce(): Promise<void> {
    const { sql } = this.#storage
    for (let projection = dueProjection(sql, Date.now()); projection; ) {
      try {
        await writeProjection(this.#env().DB, requireOwner(sql), projection)
      } catch (error) {
        this.#log('warn', 'projection_failed', { error: describeError(error) })
        this.notBefore = Date.now() + RETRY_DRAIN_MS
        return
      }
      const written = projection
      this.#storage.transactionSync(() => markProjected(sql, written, Date.now()))
      projection = dueProjection(sql, Date.now())
    }
  }
}
