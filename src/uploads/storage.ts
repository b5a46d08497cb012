import { z } from '@hono/zod-openapi'
import { eq, getTableColumns, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { uploads } from '../db/tables/uploads'
import { type ApiError, fail } from '../http/errors'

export type UploadRow = typeof uploads.$inferSelect

/** What a user's uploads take, and how much they may. */
export const StorageSchema = z
  .object({
    usedBytes: z.number().int(),
    limitBytes: z.number().int(),
    uploads: z.number().int(),
    maxUploads: z.number().int(),
  })
  .openapi('UploadStorage', { description: 'Of uploads as they are stored; deleting one frees its bytes at once' })

export type Storage = z.infer<typeof StorageSchema>

export async function readStorage({ db, config }: Ctx, userId: string): Promise<Storage> {
  const [used] = await db
    .select({ bytes: sql<number>`coalesce(sum(${uploads.sizeBytes}), 0)`, count: sql<number>`count(*)` })
    .from(uploads)
    .where(eq(uploads.userId, userId))
  return toStorage(config, used?.bytes ?? 0, used?.count ?? 0)
}

export const toStorage = (config: Ctx['config'], usedBytes: number, count: number): Storage => ({
  ...{ usedBytes, limitBytes: config.LIMIT_UPLOAD_BYTES },
  ...{ uploads: count, maxUploads: config.LIMIT_UPLOADS },
})

/** Whether so many bytes more fit. Others may come in between: insertWithinStorage decides. */
export const fitsStorage = ({ usedBytes, limitBytes, uploads: count, maxUploads }: Storage, bytes: number): boolean =>
  usedBytes + bytes <= limitBytes && count < maxUploads

/**
 * Writes an upload's row when it fits into what the user may store, checked and written by one statement: of uploads that
 * come at the same time no more get through than fit. False when it does not fit; then nothing is written.
 */
export async function insertWithinStorage({ db, config }: Ctx, row: UploadRow): Promise<boolean> {
  const names = Object.keys(getTableColumns(uploads)) as (keyof UploadRow)[]
  const values = sql.join(
    names.map((name) => sql`${row[name]}`),
    sql`, `,
  )
  const fits = sql`(select count(*) < ${config.LIMIT_UPLOADS}
    and coalesce(sum(${uploads.sizeBytes}), 0) + ${row.sizeBytes} <= ${config.LIMIT_UPLOAD_BYTES}
    from ${uploads} where ${uploads.userId} = ${row.userId})`
  const insert = db.insert(uploads).select(sql`select ${values} where ${fits}`)
  return (await insert.returning({ id: uploads.id })).length > 0
}

/** 409: it stands in the way only until something is deleted. `neededBytes` as the upload would be stored. */
export const storageFull = (storage: Storage, neededBytes?: number): ApiError =>
  fail('STORAGE_FULL', { ...storage, ...(neededBytes !== undefined && { neededBytes }) })
