import { z } from '@hono/zod-openapi'
import { DIFFICULTIES, GENDERS, type PoseGeometry } from '../db/tables/poses'
import { averageOf, LIBRARY_PATH, type PoseRow } from '../poses/pose-card'

export const STATUSES = ['published', 'hidden', 'deleted'] as const

const both = <S extends z.ZodType>(schema: S) => z.object({ en: schema, id: schema })
const time = z.string().openapi({ format: 'date-time' })

/** A pose as admins see it: both languages, and what the library does not show. */
export const CuratedPose = z
  .object({
    id: z.string(),
    version: z.number().int().openapi({ description: 'Goes back with a change; another one since then is a 409.' }),
    status: z.enum(STATUSES),
    names: both(z.string()),
    descriptions: both(z.string()),
    tags: both(z.array(z.string())),
    category: z.string(),
    categoryPath: z.array(z.string()),
    difficulty: z.enum(DIFFICULTIES),
    gender: z.enum(GENDERS),
    peopleCount: z.number().int(),
    stance: z.string(),
    framing: z.string(),
    view: z.string(),
    props: z.array(z.string()),
    promptHint: z.string(),
    basePose: z.string(),
    isPremium: z.boolean(),
    isFeatured: z.boolean(),
    displayOrder: z.number().int(),
    usageCount: z.number().int(),
    favoriteCount: z.number().int(),
    ratingAverage: z.number().nullable(),
    ratingCount: z.number().int(),
    revision: z.string().openapi({ description: 'Of the geometry.' }),
    source: z.string(),
    license: z.string(),
    credit: z.string().nullable(),
    addedAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    previewUrl: z.string().nullable().openapi({ description: 'Null while the library does not show the pose.' }),
  })
  .openapi('CuratedPose')

/** The same with what draws it. */
export const CuratedPoseDetail = CuratedPose.extend({
  geometry: z.record(z.string(), z.unknown()).openapi({ description: 'As in data/poses/schema.json.' }),
}).openapi('CuratedPoseDetail')

/** The number that a change must name: the millisecond of the last one by hand, 0 before the first. */
export const versionOf = ({ editedAt }: Pick<PoseRow, 'editedAt'>): number => editedAt ?? 0

const toTime = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString())

export const toCuratedPose = (row: PoseRow): z.infer<typeof CuratedPose> => ({
  id: row.id,
  version: versionOf(row),
  status: row.deletedAt !== null ? 'deleted' : row.isPublic ? 'published' : 'hidden',
  names: { en: row.nameEn, id: row.nameId },
  descriptions: { en: row.descriptionEn, id: row.descriptionId },
  tags: { en: row.tagsEn, id: row.tagsId },
  category: row.categorySlug,
  categoryPath: row.categoryPath,
  difficulty: row.difficulty,
  gender: row.gender,
  peopleCount: row.peopleCount,
  stance: row.stance,
  framing: row.framing,
  view: row.view,
  props: row.props,
  promptHint: row.promptHint,
  basePose: row.basePose,
  isPremium: row.isPremium,
  isFeatured: row.isFeatured,
  displayOrder: row.displayOrder,
  usageCount: row.usageCount,
  favoriteCount: row.favoriteCount,
  ratingAverage: averageOf(row.ratingSum, row.ratingCount),
  ratingCount: row.ratingCount,
  revision: row.revision,
  source: row.source,
  license: row.license,
  credit: row.credit,
  addedAt: new Date(row.addedAt).toISOString(),
  editedAt: toTime(row.editedAt),
  deletedAt: toTime(row.deletedAt),
  previewUrl: row.isPublic ? `${LIBRARY_PATH}/${row.id}/preview?v=${row.revision}` : null,
})

export const toCuratedDetail = (row: PoseRow, geometry: PoseGeometry): z.infer<typeof CuratedPoseDetail> => ({
  ...toCuratedPose(row),
  geometry: { ...geometry },
})
