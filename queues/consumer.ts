import { type Ctx, makeCtx } from '../src/ctx'
import { backoffSeconds } from '../src/kernel/backoff'
import { MAX_MESSAGE_TRIES } from '../src/kernel/limits'
import { describeError } from '../src/kernel/log'
import { Message } from '../src/messages'
import { announceRequest } from './announce-request'
import { buildAhead } from './build-variants'
import { erasePictures } from './erase-pictures'
import { park } from './park'
import { runTask, type Verdict } from './run-task'
import { MAX_PAYMENT_RETRY_SECONDS, PAYMENT_RETRY_SECONDS, settleAgain } from './settle-payment'

export const DEAD_LETTER_QUEUE = 'lumiku-dead-letters'

/**
 * Every queue of the Worker ends here, and here alone messages are acked. The messages of a batch run side by side,
 * each in its own try: locally an exception out of this handler would bring the acked ones back too.
 */
export async function consume(batch: MessageBatch, env: Env, execution: ExecutionContext): Promise<void> {
  const handle = batch.queue === DEAD_LETTER_QUEUE ? parkDeadLetter : handleMessage
  await Promise.all(batch.messages.map((message) => handle(batch.queue, message, env, execution)))
}

async function handleMessage(queue: string, message: Delivery, env: Env, execution: ExecutionContext): Promise<void> {
  const read = Message.safeParse(message.body)
  const ctx = makeCtx(env, read.success ? read.data.requestId : message.id, (work) => execution.waitUntil(work))
  try {
    if (!read.success) await park(ctx, queue, message, new Error('UNREADABLE'))
    else {
      const verdict = await handle(ctx, read.data)
      if (verdict) return await again(ctx, message, verdict)
    }
    message.ack()
  } catch (error) {
    ctx.log('warn', 'message_failed', { queue, attempts: message.attempts, error: describeError(error) })
    if (message.attempts < MAX_MESSAGE_TRIES) return message.retry({ delaySeconds: delayOf(message) })
    await parkOrRetry(queue, message, env, execution, error)
  }
}

/** A new message first, then the ack: a crash between the two makes two messages, of which one goes on. */
async function again(ctx: Ctx, message: Delivery, { retryAfterMs, fresh }: NonNullable<Verdict>) {
  const delaySeconds = Math.ceil(retryAfterMs / 1000)
  if (!fresh) return message.retry({ delaySeconds })
  await ctx.env.GENERATION_QUEUE.send(fresh, { delaySeconds })
  message.ack()
}

function handle(ctx: Ctx, message: Message): Promise<Verdict> {
  if (message.type === 'pose') return runTask(ctx, message)
  if (message.type === 'payment') return settleAgain(ctx, message)
  if (message.type === 'variants') return buildAhead(ctx, message).then(() => null)
  if (message.type === 'request') return announceRequest(ctx, message).then(() => null)
  return erasePictures(ctx, message).then(() => null)
}

/** A gateway that is away needs longer than we do, and dislikes being asked often. */
const delayOf = ({ body, attempts }: Delivery): number =>
  Message.safeParse(body).data?.type === 'payment'
    ? backoffSeconds(attempts, PAYMENT_RETRY_SECONDS, MAX_PAYMENT_RETRY_SECONDS)
    : backoffSeconds(attempts)

/** The platform gave the message up (it never reached our own count): the same end. */
const parkDeadLetter = (queue: string, message: Delivery, env: Env, execution: ExecutionContext): Promise<void> =>
  parkOrRetry(queue, message, env, execution, new Error('DEAD_LETTER'))

async function parkOrRetry(
  queue: string,
  message: Delivery,
  env: Env,
  execution: ExecutionContext,
  error: unknown,
): Promise<void> {
  const ctx = makeCtx(env, message.id, (work) => execution.waitUntil(work))
  try {
    await park(ctx, queue, message, error)
    message.ack()
  } catch (failure) {
    ctx.log('warn', 'parking_failed', { queue, error: describeError(failure) })
    message.retry({ delaySeconds: backoffSeconds(message.attempts) })
  }
}

type Delivery = MessageBatch['messages'][number]
