import { and, asc, eq, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import type { Ctx } from '../ctx'
import { generatedPoses } from '../db/tables/generations'
import { auditLog, deadLetters } from '../db/tables/operations'
import { selfPath } from '../generations/started'
import { Message, type PoseMessage } from '../messages'
import { userObject } from '../objects'

const REPLAYED = 'dead_letter.replayed'

export type Replayed = { id: string; queue: string; kind: Message['type']; replayedAt: number }

export type ReplayAnswer =
  | { ok: true; replayed: Replayed; isAgain: boolean }
  | { ok: false; code: 'NOT_FOUND' }
  | { ok: false; code: 'CONFLICT'; details: Record<string, string> }

/**
 * Sends a parked message once more. What was sent is taken off the list and stands, whole, in the audit log: asked again,
 * the first answer comes from there and nothing is sent. Sent before it is noted: after a crash in between it is sent
 * twice, which every handler bears, and never lost. Throws when the queue is away; then nothing has changed.
 */
export async function replayDeadLetter(ctx: Ctx, adminId: string, id: string): Promise<ReplayAnswer> {
  const [letter] = await ctx.db.select().from(deadLetters).where(eq(deadLetters.id, id))
  if (!letter) return recorded(ctx, id, true)
  const message = read(letter.body)
  if (!message) return conflict({ reason: 'nobody can read this message: its body was cut or is not ours' })
  const hopeless = message.type === 'pose' ? await endOf(ctx, message) : null
  if (hopeless) return hopeless
  // The request's own id: from the audit record one finds what came of it in the log.
  await ctx.env.GENERATION_QUEUE.send({ ...message, requestId: ctx.requestId })
  const isThere = sql`exists (select 1 from ${deadLetters} where ${deadLetters.id} = ${id})`
  const { queue, messageId, error, attempts, createdAt } = letter
  const details = { queue, kind: message.type, messageId, error, attempts, createdAt, message }
  await ctx.db.batch([
    auditWhen(ctx, isThere, { actorId: adminId, action: REPLAYED, subject: id, details }),
    ctx.db.delete(deadLetters).where(eq(deadLetters.id, id)),
  ])
  return recorded(ctx, id, false)
}

/** What the audit log says of it: the same for whoever asks, and of two at once for both. */
async function recorded(ctx: Ctx, id: string, isAgain: boolean): Promise<ReplayAnswer> {
  const [record] = await ctx.db
    .select()
    .from(auditLog)
    .where(and(eq(auditLog.subject, id), eq(auditLog.action, REPLAYED)))
    .orderBy(asc(auditLog.id))
    .limit(1)
  if (!record) return { ok: false, code: 'NOT_FOUND' }
  const { queue, kind } = JSON.parse(record.details) as Pick<Replayed, 'queue' | 'kind'>
  return { ok: true, replayed: { id, queue, kind, replayedAt: record.createdAt }, isAgain }
}

function read(body: string): Message | null {
  try {
    return Message.safeParse(JSON.parse(body)).data ?? null
  } catch {
    return null
  }
}

/**
 * Why a picture is not made by sending its message again. It failed when the message was parked, and its credits went
 * back: nobody may spend them again but the seller.
 */
async function endOf(ctx: Ctx, { userId, jobId, position }: PoseMessage): Promise<ReplayAnswer | null> {
  const user = userObject(ctx.env, userId)
  const [job, work, unmade, [made]] = await Promise.all([
    user.job(jobId),
    user.pictureWork(jobId),
    user.unmadePictures(jobId),
    ctx.db
      .select({ id: generatedPoses.id })
      .from(generatedPoses)
      .where(and(eq(generatedPoses.generationId, jobId), eq(generatedPoses.position, position))),
  ])
  if (!job) return conflict({ reason: 'nobody knows this generation any more' })
  if (work) return endOfWork(work, position)
  const failed = unmade?.tasks.find((task) => task.position === position)
  if (failed)
    return conflict({
      ...{ reason: `the picture has ended (${failed.errorCode ?? failed.state}) and its credits are back` },
      ...{ status: job.status, retry: `${selfPath(job)}/retry` },
    })
  return made || job.endedAt !== null ? conflict({ reason: 'the picture is there', status: job.status }) : null
}

type PictureWork = NonNullable<Awaited<ReturnType<ReturnType<typeof userObject>['pictureWork']>>>

/** The same of a job that is not retried but asked for again: avatars in one of their ways, which its owner knows. */
function endOfWork({ job, work, tasks }: PictureWork, position: number): ReplayAnswer | null {
  const task = tasks.find((each) => each.position === position)
  if (!task) return conflict({ reason: 'nobody knows this picture any more' })
  if (task.state === 'done') return conflict({ reason: 'the picture is done', status: job.status })
  if (task.state !== 'failed' && task.state !== 'cancelled') return null
  const end = `has ended (${task.errorCode ?? task.state}) and nothing was charged`
  if (work.app === 'avatar-creator')
    return conflict({ reason: `the avatar ${end}: its owner may ask again`, status: job.status })
  const reason = `the picture ${end}`
  return conflict({ reason, status: job.status, retry: `/api/v1/apps/pose-generator/${work.app}` })
}

const conflict = (details: Record<string, string>): ReplayAnswer => ({ ok: false, code: 'CONFLICT', details })
