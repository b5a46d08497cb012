import { inArray, type SQL, sql } from 'drizzle-orm'
import type { Ctx } from '../../ctx'
import { libraryState, poses } from '../../db/tables/poses'
import type { Language } from '../../http/errors'
import { cardColumns, type PoseRow } from '../pose-card'
import { guessVersion, readCache, sawVersion, writeCache } from './library-cache'
import { libraryVersion, readLibraryVersion } from './library-cache-version'
import { listPoses } from './list-poses'
import type { Place } from './list-poses-cursor'
import type { PosePage } from './list-poses-page'
import { filterKey, isPersonal, type PoseFilter } from './pose-filter'

export type CardRow = Pick<PoseRow, keyof typeof cardColumns> & { isFavorite: number | null }

type Asked = { filter: PoseFilter; language: Language; userId: string | null; place: Place | null }

/**
 * One page of the library with the rows of its cards. The order comes from the edge's cache where it is known for this
 * version of the library, the rows always from the database: counts are never stale, and a hit takes one round trip.
 */
export async function listCards(ctx: Ctx, asked: Asked): Promise<{ rows: CardRow[]; page: PosePage }> {
  const { filter, language, userId, place } = asked
  const query = JSON.stringify([filterKey(filter), language, filter.limit, place ?? filter.page])
  const isShared = !isPersonal(filter)
  const guess = guessVersion()
  if (isShared && guess !== undefined) {
    const page = await readCache<PosePage>(guess, query)
    if (page) {
      const { rows, version } = await readRows(ctx, page.ids, userId)
      sawVersion(version)
      if (version === guess) return { rows, page }
    }
  }
  const version = await readLibraryVersion(ctx.db)
  sawVersion(version)
  let page = isShared ? await readCache<PosePage>(version, query) : null
  if (!page) {
    page = await listPoses(ctx.db, { ...asked, version })
    if (isShared) ctx.later(writeCache(ctx.log, version, query, page))
  }
  const { rows } = await readRows(ctx, page.ids, userId)
  return { rows, page }
}

/** The rows of these poses in their order, and the version of the library, in one round trip. */
async function readRows(ctx: Ctx, ids: string[], userId: string | null): Promise<{ rows: CardRow[]; version: string }> {
  const isFavorite: SQL<number | null> =
    userId === null
      ? sql`null`
      : sql`exists (select 1 from pose_favorites where user_id = ${userId} and pose_id = ${poses.id})`
  const [rows, versions] = await ctx.db.batch([
    ctx.db
      .select({ ...cardColumns, isFavorite })
      .from(poses)
      .where(inArray(poses.id, sql`(select value from json_each(${JSON.stringify(ids)}))`)),
    ctx.db.select({ version: libraryVersion }).from(libraryState),
  ])
  const byId = new Map(rows.map((row) => [row.id, row]))
  return { rows: ids.flatMap((id) => byId.get(id) ?? []), version: versions[0]?.version ?? '0' }
}
