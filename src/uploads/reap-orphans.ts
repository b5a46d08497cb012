import { asc, eq, inArray, lt } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { sweepCursors } from '../db/tables/operations'
import { exportVariants } from '../db/tables/pictures'
import { assert } from '../kernel/assert'
import { HOUR_MS, JOB_GIVE_UP_MS } from '../kernel/limits'
import { findOrphans } from './object-owners'

/** Younger objects are left alone: whoever put them may be about to write the row. */
export const ORPHAN_AGE_MS = 24 * HOUR_MS
/** A built file that nobody has wanted for this long is deleted: it can be built again. */
export const VARIANT_KEPT_MS = 30 * 24 * HOUR_MS

/** R2 lists and deletes a thousand keys at once. With a run every five minutes that is 860,000 objects a day. */
const LIMITS = { pages: 3, pageKeys: 1_000 }
const MAX_EXPIRED_PER_RUN = 500
const PREFIX = 'u/'
const CURSOR = 'orphans'

assert(ORPHAN_AGE_MS > JOB_GIVE_UP_MS, 'a job has ended before what it put can be taken for an orphan')

export type Reaped = {
  /** Objects looked at. */
  seen: number
  /** Objects that no row named. */
  orphans: number
  /** Files that nobody wanted any more. */
  expired: number
  /** Old objects of a shape that is not known here: left alone. */
  unknown: number
  /** The walk came to the last object; the next run begins anew. */
  isWhole: boolean
}

/**
 * Deletes bytes that nobody can reach: what a crash between R2 and D1 left, pictures of cancelled tasks, what belonged to
 * deleted users, projects and uploads, and built files that were not wanted for a month. Walks everybody's objects page by
 * page and remembers in D1 how far it came, so that one run is short and an interrupted one is gone on with.
 */
export async function reapOrphans(ctx: Ctx, now: number, { pages, pageKeys } = LIMITS): Promise<Reaped> {
  const reaped: Reaped = { seen: 0, orphans: 0, expired: await expireVariants(ctx, now), unknown: 0, isWhole: false }
  let after = await readCursor(ctx)
  for (let page = 0; page < pages && !reaped.isWhole; page++) {
    const asked = { prefix: PREFIX, limit: pageKeys, ...(after !== '' && { startAfter: after }) }
    const { objects, truncated } = await ctx.env.MEDIA.list(asked)
    const old = objects.filter(({ uploaded }) => uploaded.getTime() <= now - ORPHAN_AGE_MS).map(({ key }) => key)
    const { orphans, unknown } = await findOrphans(ctx.db, old)
    if (orphans.length > 0) await ctx.env.MEDIA.delete(orphans)
    reaped.seen += objects.length
    reaped.orphans += orphans.length
    reaped.unknown += unknown.length
    reaped.isWhole = !truncated
    after = truncated ? (objects.at(-1)?.key ?? after) : ''
    // After the deed: a page that was cut short is looked at once more, and finds nothing that it deleted.
    await writeCursor(ctx, after, now)
  }
  const { seen: _seen, isWhole: _isWhole, ...found } = reaped
  if (Object.values(found).some((count) => count > 0)) ctx.log('info', 'orphans_reaped', reaped)
  return reaped
}

/**
 * Rows first, so that nobody is sent to a file that is going. A crash before the bytes are gone makes them orphans. The
 * original's row names the picture itself: what another row still needs stays.
 */
async function expireVariants({ db, env }: Ctx, now: number): Promise<number> {
  const unwanted = db
    .select({ id: exportVariants.id })
    .from(exportVariants)
    .where(lt(exportVariants.createdAt, now - VARIANT_KEPT_MS))
    .orderBy(asc(exportVariants.createdAt))
    .limit(MAX_EXPIRED_PER_RUN)
  const expired = await db
    .delete(exportVariants)
    .where(inArray(exportVariants.id, unwanted))
    .returning({ key: exportVariants.objectKey })
  const { orphans } = await findOrphans(db, expired.map(({ key }) => key).sort())
  if (orphans.length > 0) await env.MEDIA.delete(orphans)
  return expired.length
}

async function readCursor({ db }: Ctx): Promise<string> {
  const [row] = await db.select().from(sweepCursors).where(eq(sweepCursors.name, CURSOR))
  return row?.cursor ?? ''
}

async function writeCursor({ db }: Ctx, cursor: string, now: number): Promise<void> {
  const set = { cursor, updatedAt: now }
  await db
    .insert(sweepCursors)
    .values({ name: CURSOR, ...set })
    .onConflictDoUpdate({ target: sweepCursors.name, set })
}
