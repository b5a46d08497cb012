import { z } from '@hono/zod-openapi'
import { DIFFICULTIES, GENDERS, poses } from '../db/tables/poses'
import type { Language } from '../http/errors'
import { previewVersion } from './pictures/preview-image-version'

export const LIBRARY_PATH = '/api/v1/apps/pose-generator/library'

const Names = z.object({ en: z.string(), id: z.string() })

/** A pose as the library shows it. `name`, `description` and `tags` are in the caller's language. */
export const PoseCard = z
  .object({
    id: z.string().openapi({ example: 'carry-box-chest' }),
    name: z.string(),
    names: Names,
    description: z.string(),
    category: z.string().openapi({ description: 'Slug of the deepest category.' }),
    categoryPath: z.array(z.string()),
    tags: z.array(z.string()),
    difficulty: z.enum(DIFFICULTIES),
    gender: z.enum(GENDERS),
    peopleCount: z.number().int(),
    stance: z.string(),
    framing: z.string(),
    view: z.string(),
    props: z.array(z.string()),
    isFeatured: z.boolean(),
    isPremium: z.boolean(),
    usageCount: z.number().int(),
    favoriteCount: z.number().int(),
    ratingAverage: z.number().nullable().openapi({ description: '1 to 5, two decimals; null when nobody has rated.' }),
    ratingCount: z.number().int(),
    isFavorite: z
      .boolean()
      .nullable()
      .openapi({ description: "One of the caller's favourites; null without a token." }),
    isMine: z.boolean().openapi({ description: "The caller's own: nobody else is shown it." }),
    previewUrl: z.string().openapi({ description: 'WebP, 320 x 320. &mirror=true turns it round.' }),
    previewLargeUrl: z.string().openapi({ description: 'WebP, 768 x 768, as the built-in renderer draws the pose.' }),
    controlUrl: z.string().openapi({ description: 'PNG, 1024 x 1024: the map that a model draws the pose from.' }),
  })
  .openapi('PoseCard')

/** The columns that a card is made from. */
export const cardColumns = {
  id: poses.id,
  nameEn: poses.nameEn,
  nameId: poses.nameId,
  descriptionEn: poses.descriptionEn,
  descriptionId: poses.descriptionId,
  categorySlug: poses.categorySlug,
  categoryPath: poses.categoryPath,
  tagsEn: poses.tagsEn,
  tagsId: poses.tagsId,
  difficulty: poses.difficulty,
  gender: poses.gender,
  peopleCount: poses.peopleCount,
  stance: poses.stance,
  framing: poses.framing,
  view: poses.view,
  props: poses.props,
  isFeatured: poses.isFeatured,
  isPremium: poses.isPremium,
  usageCount: poses.usageCount,
  favoriteCount: poses.favoriteCount,
  ratingSum: poses.ratingSum,
  ratingCount: poses.ratingCount,
  ownerId: poses.ownerId,
  promptHint: poses.promptHint,
  revision: poses.revision,
}

/** Mean of stars, two decimals; null for none. */
export const averageOf = (sum: number, count: number): number | null =>
  count === 0 ? null : Math.round((100 * sum) / count) / 100

export type PoseRow = typeof poses.$inferSelect
type CardRow = Pick<PoseRow, keyof typeof cardColumns>

/** The card of a row. Its URLs carry the revision: they may be cached for ever, and change when the pose does. */
export const toPoseCard = (
  row: CardRow,
  language: Language,
  isFavorite: boolean | null = null,
): z.infer<typeof PoseCard> => ({
  id: row.id,
  name: language === 'id' ? row.nameId : row.nameEn,
  names: { en: row.nameEn, id: row.nameId },
  description: language === 'id' ? row.descriptionId : row.descriptionEn,
  category: row.categorySlug,
  categoryPath: row.categoryPath,
  tags: language === 'id' ? row.tagsId : row.tagsEn,
  difficulty: row.difficulty,
  gender: row.gender,
  peopleCount: row.peopleCount,
  stance: row.stance,
  framing: row.framing,
  view: row.view,
  props: row.props,
  isFeatured: row.isFeatured,
  isPremium: row.isPremium,
  usageCount: row.usageCount,
  favoriteCount: row.favoriteCount,
  ratingAverage: averageOf(row.ratingSum, row.ratingCount),
  ratingCount: row.ratingCount,
  isFavorite,
  isMine: row.ownerId !== null,
  previewUrl: `${LIBRARY_PATH}/${row.id}/preview?v=${row.revision}`,
  previewLargeUrl: `${LIBRARY_PATH}/${row.id}/preview?size=768&v=${previewVersion(row)}`,
  controlUrl: `${LIBRARY_PATH}/${row.id}/control?size=1024x1024&v=${row.revision}`,
})
