import { z } from '@hono/zod-openapi'
import { freeText } from '../http/fields'
import { inBoth, MAX_DISPLAY_ORDER, newSlug, slugField } from './pose-fields'

export const MAX_LEVEL = 3

const fields = {
  names: inBoth(freeText(2, 60)),
  icon: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be the name of a lucide icon such as shopping-bag')
    .nullable()
    .optional(),
  color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #F97316')
    .nullable()
    .optional(),
  displayOrder: z.number().int().min(0).max(MAX_DISPLAY_ORDER).optional(),
  parent: slugField('the slug of a category', 60)
    .nullable()
    .optional()
    .openapi({ description: 'Null for a main category. Three levels are the most.' }),
}

export const CategoryBody = z.strictObject({ slug: newSlug('a slug', 60), ...fields })
export type CategoryBody = z.infer<typeof CategoryBody>

export const CategoryChanges = z.strictObject({ ...fields, names: fields.names.optional() })
export type CategoryChanges = z.infer<typeof CategoryChanges>

export const CategoryParam = z.object({
  slug: slugField('the slug of a category', 60).openapi({ param: { name: 'slug', in: 'path' }, example: 'holding' }),
})

/** A category as admins see it, with or without poses. */
export const CuratedCategory = z
  .object({
    slug: z.string(),
    parent: z.string().nullable(),
    names: z.object({ en: z.string(), id: z.string() }),
    icon: z.string().nullable(),
    color: z.string().nullable(),
    level: z.number().int(),
    displayOrder: z.number().int(),
    poseCount: z.number().int().openapi({ description: 'Poses that the library shows in it and below it.' }),
  })
  .openapi('CuratedCategory')
