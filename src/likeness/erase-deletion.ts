import { and, asc, eq, isNull, lt } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { avatarDeletions } from '../db/tables/likeness'
import { ID_PREFIXES } from '../kernel/ids'
import { describeError } from '../kernel/log'
import type { ErasureMessage } from '../messages'
import { userObject } from '../objects'

/** Targets that are looked into at the same time; R2 lists, and deletes, 1,000 keys at once. */
const LOOKS_AT_ONCE = 5
const KEYS_PER_DELETE = 1_000
/** Rounds of that in one request, which somebody waits for, and in one message. */
const ROUNDS_PER_REQUEST = 5
const ROUNDS_PER_MESSAGE = 100
/** A deletion that is open for this long was forgotten by whoever began it. */
export const OVERDUE_AFTER_MS = 60_000
const MAX_OVERDUE = 20

type Deletion = typeof avatarDeletions.$inferSelect

/** Right after the rows are gone: what one request can do. The rest, and all while R2 is away, is left to a message. */
export async function eraseNow(ctx: Ctx, deletion: Deletion): Promise<Deletion> {
  const left = await erase(ctx, deletion, ROUNDS_PER_REQUEST).catch((error) => {
    ctx.log('warn', 'deletion_interrupted', { deletionId: deletion.id, error: describeError(error) })
    return deletion
  })
  if (left.endedAt === null) await askToErase(ctx, left)
  return left
}

/** What the queue does; twice, or after the end, it finds nothing. Throws when R2 or D1 is away: the queue tries again. */
export async function continueDeletion(ctx: Ctx, id: string): Promise<void> {
  const deletion = await read(ctx, id)
  if (!deletion || deletion.endedAt !== null) return
  const left = await erase(ctx, deletion, ROUNDS_PER_MESSAGE)
  if (left.endedAt === null) await askToErase(ctx, left)
}

/** The net under lost messages. One that fails stops no other. Answers how many were open for too long. */
export async function continueOverdue(ctx: Ctx, now: number): Promise<number> {
  const overdue = await ctx.db
    .select({ id: avatarDeletions.id })
    .from(avatarDeletions)
    .where(and(isNull(avatarDeletions.endedAt), lt(avatarDeletions.createdAt, now - OVERDUE_AFTER_MS)))
    .orderBy(asc(avatarDeletions.createdAt))
    .limit(MAX_OVERDUE)
  const results = await Promise.allSettled(overdue.map(({ id }) => continueDeletion(ctx, id)))
  const failed = results.filter((result) => result.status === 'rejected')
  if (failed[0]) throw failed[0].reason
  return overdue.length
}

/** A queue that is away is no error here: the net goes on with it. */
async function askToErase(ctx: Ctx, { id, userId }: Deletion): Promise<void> {
  const message: ErasureMessage = { type: 'erasure', userId, deletionId: id, requestId: ctx.requestId }
  try {
    await ctx.env.GENERATION_QUEUE.send(message)
  } catch (error) {
    ctx.log('warn', 'erasure_not_queued', { deletionId: id, error: describeError(error) })
  }
}

const read = async ({ db }: Ctx, id: string): Promise<Deletion | undefined> =>
  (await db.select().from(avatarDeletions).where(eq(avatarDeletions.id, id)))[0]

/** Of the avatars themselves: they come last and stay named, as they say for ever which avatars went. */
const staysNamed = (target: string): boolean => target.includes(`/${ID_PREFIXES.avatar}_`)

/**
 * Deletes what the row names, some targets at a time, and notes after each how far it came. Who dies in between, or meets another
 * at the same work, counts too little, never too much. Answers the row as it stands then.
 */
async function erase(ctx: Ctx, deletion: Deletion, rounds: number): Promise<Deletion> {
  const named = deletion.targets.filter(staysNamed)
  let row = deletion
  let open = [...row.targets.filter((target) => !staysNamed(target)), ...named]
  for (let left = rounds; open.length > 0; ) {
    if (left === 0) return row
    const group = open.slice(0, LOOKS_AT_ONCE)
    const found = await Promise.all(group.map((target) => look(ctx, target)))
    const keys = found.flatMap((each) => each.keys)
    for (let from = 0; from < keys.length; from += KEYS_PER_DELETE)
      await ctx.env.MEDIA.delete(keys.slice(from, from + KEYS_PER_DELETE))
    open = [...group.filter((_, at) => found[at]?.isMore), ...open.slice(LOOKS_AT_ONCE)]
    const isProgress = keys.length > 0 || !group.every(staysNamed)
    // Avatars that are empty already cost no round: else so many of them would be walked for ever.
    if (isProgress) left--
    const noted = isProgress
      ? await note(ctx, row, keys.length, [...open.filter((t) => !staysNamed(t)), ...named])
      : row
    if (!noted) return (await read(ctx, row.id)) ?? row
    row = noted
  }
  return end(ctx, row)
}

/** What is there of a target; `isMore`: there is more behind it. */
async function look({ env }: Ctx, target: string): Promise<{ keys: string[]; isMore: boolean }> {
  if (!target.endsWith('/')) return { keys: (await env.MEDIA.head(target)) ? [target] : [], isMore: false }
  const { objects, truncated } = await env.MEDIA.list({ prefix: target })
  return { keys: objects.map(({ key }) => key), isMore: truncated }
}

/** Undefined when somebody else has noted something meanwhile: he goes on. */
async function note({ db }: Ctx, row: Deletion, count: number, targets: string[]): Promise<Deletion | undefined> {
  const isAsRead = and(eq(avatarDeletions.id, row.id), eq(avatarDeletions.objectsDeleted, row.objectsDeleted))
  const stands = and(isAsRead, eq(avatarDeletions.targets, row.targets), isNull(avatarDeletions.endedAt))
  const set = { objectsDeleted: row.objectsDeleted + count, targets }
  return (await db.update(avatarDeletions).set(set).where(stands).returning())[0]
}

/** All is gone. Whose avatar was taken down hears of it first, once: the object knows what it has told. */
async function end(ctx: Ctx, row: Deletion): Promise<Deletion> {
  if (row.reason === 'takedown')
    await userObject(ctx.env, row.userId).tellOnce(row.id, 'avatar_removed', {
      avatarId: row.avatarId,
      deletionId: row.id,
    })
  const [ended] = await ctx.db
    .update(avatarDeletions)
    .set({ endedAt: ctx.now() })
    .where(and(eq(avatarDeletions.id, row.id), isNull(avatarDeletions.endedAt)))
    .returning()
  return ended ?? (await read(ctx, row.id)) ?? row
}
