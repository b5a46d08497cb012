import { z } from '@hono/zod-openapi'
import { and, desc, eq, isNotNull, isNull, lt, type SQL, sql } from 'drizzle-orm'
import { poses } from '../../db/tables/poses'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { freeText } from '../../http/fields'
import { PageQuery, pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { slugField } from '../pose-fields'
import { CuratedPose, STATUSES, toCuratedPose } from '../views'

const flag = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .optional()
  .openapi({ type: 'boolean' })

const Query = PageQuery.extend({
  status: z.enum(STATUSES).optional(),
  category: slugField('the slug of a category', 60).optional().openapi({ description: 'Finds what is below it too.' }),
  search: freeText(1, 100).optional().openapi({ description: 'A part of the id or of a name.' }),
  premium: flag,
  featured: flag,
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'must be a cursor of this list')
    .optional(),
})

const route = defineRoute({
  operationId: 'listCuratedPoses',
  method: 'get',
  path: '/api/v1/admin/library',
  tags: ['Library admin'],
  summary: 'Poses of the library, hidden and deleted ones too, the newest first',
  ...access('admin'),
  request: { query: Query },
  responses: { 200: json(pageOf(CuratedPose)), ...errors('UNAUTHENTICATED', 'FORBIDDEN', 'VALIDATION_FAILED') },
})

export const registerListCuratedPoses = (app: App) =>
  app.openapi(route, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query')
    const rows = await c.var.ctx.db
      .select()
      .from(poses)
      .where(
        and(cursor === undefined ? isNotNull(poses.number) : lt(poses.number, Number(cursor)), ...conditions(filter)),
      )
      .orderBy(desc(poses.number))
      .limit(limit + 1)
    const { items, page } = toPage(rows, limit, (row) => String(row.number))
    return c.json({ items: items.map(toCuratedPose), page }, 200)
  })

function conditions({ status, category, search, premium, featured }: Omit<z.infer<typeof Query>, 'limit' | 'cursor'>) {
  const ofStatus: Record<(typeof STATUSES)[number], SQL> = {
    published: eq(poses.isPublic, true),
    hidden: and(eq(poses.isPublic, false), isNull(poses.deletedAt))!,
    deleted: isNotNull(poses.deletedAt),
  }
  const found = (text: string) =>
    sql`instr(lower(${poses.id} || ' ' || ${poses.nameEn} || ' ' || ${poses.nameId}), lower(${text})) > 0`
  return [
    isNull(poses.ownerId),
    status && ofStatus[status],
    category && sql`exists (select 1 from json_each(${poses.categoryPath}) where value = ${category})`,
    search && found(search),
    premium === undefined ? undefined : eq(poses.isPremium, premium),
    featured === undefined ? undefined : eq(poses.isFeatured, featured),
  ].filter((condition) => condition !== undefined && condition !== '')
}
