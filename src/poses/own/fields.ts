import { z } from '@hono/zod-openapi'
import { freeText } from '../../http/fields'
import { PoseCard } from '../pose-card'

export const OWN_POSES_PATH = '/api/v1/apps/pose-generator/poses'
const MAX_TAGS = 10

const slug = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the slug of a category')

/** What somebody says about a pose of their own. */
export const ownPoseWords = {
  name: freeText(1, 100),
  description: freeText(0, 500).optional(),
  category: slug.optional().openapi({ description: 'Slug of a category; that of the most similar pose without it' }),
  tags: z
    .array(freeText(1, 30).transform((tag) => tag.toLowerCase()))
    .max(MAX_TAGS)
    .optional(),
}

export const allowSimilar = z
  .boolean()
  .default(false)
  .openapi({ description: 'Keep it even when a pose that you can see already is nearly the same (POSE_TOO_NEAR)' })

/** Id of an own pose. */
export const OwnPoseIdParam = z.object({
  id: z
    .string()
    .regex(/^pose-[0-9a-hjkmnp-tv-z]{26}$/, 'must be the id of an own pose')
    .openapi({ param: { name: 'id', in: 'path' }, example: 'pose-01jd2v9k7h3m5n8p0q2r4s6t8v' }),
})

/** A private pose as its owner sees it: its pictures are behind signed links of at most 15 minutes. */
export const OwnPoseCard = PoseCard.extend({
  source: z.enum(['import', 'draft']),
  createdAt: z.string(),
}).openapi('OwnPoseCard')
