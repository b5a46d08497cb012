import { z } from '@hono/zod-openapi'
import { DIFFICULTIES, GENDERS } from '../db/tables/poses'
import { freeText, promptText } from '../http/fields'
import { GeometryField } from './geometry-fields'

// Values of data/poses/schema.json.
export const STANCES = [
  ...(['standing', 'walking', 'running', 'jumping', 'sitting', 'floorsit', 'kneeling', 'crouching'] as const),
  ...(['lying', 'lunging', 'floorwork'] as const),
] as const
export const FRAMINGS = ['full', 'three-quarter', 'half', 'portrait'] as const
export const VIEWS = [
  ...(['front', 'angled-left', 'angled-right', 'profile-left', 'profile-right'] as const),
  ...(['back-angled-left', 'back-angled-right', 'back'] as const),
] as const

const MAX_SLUG = 80
const MAX_TAGS = 20
const MAX_PROPS = 6
export const MAX_DISPLAY_ORDER = 1_000_000

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** Paths below the library that are no poses, words that programs misread, and the form of the ids of people's own. */
const RESERVED = /^(facets|import|similar|nearest|restoration|null|undefined|constructor|pose-[0-9a-z]{26})$/

export const slugField = (what: string, max = MAX_SLUG) =>
  z.string().max(max).regex(SLUG, `must be ${what}: lower-case letters and digits, parted by hyphens`)

/** A slug that a new pose or category may take. */
export const newSlug = (what: string, max = MAX_SLUG) =>
  slugField(what, max)
    .refine((id) => /^[a-z]/.test(id), 'must begin with a letter')
    .refine((id) => !RESERVED.test(id), 'is reserved')

export const PoseId = newSlug('the id of a pose')

/** `field` in both languages of the product. */
export const inBoth = <S extends z.ZodType>(field: S) => z.strictObject({ en: field, id: field })

const isUnique = (list: readonly string[]) => new Set(list).size === list.length

/** Lower case, as they are compared; a comma parts tags in a query. */
const Tag = freeText(1, 40)
  .refine((tag) => !/[,\n\t]/.test(tag), 'must not contain commas or line ends')
  .transform((tag) => tag.toLowerCase())
  .openapi({ type: 'string' })
const Tags = z.array(Tag).min(1).max(MAX_TAGS).refine(isUnique, 'must not repeat a tag')
const Prop = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be one word such as chair')

const texts = {
  names: inBoth(freeText(2, 100)),
  descriptions: inBoth(freeText(2, 1_000)),
  tags: inBoth(Tags),
  category: slugField('the slug of a category', 60),
  difficulty: z.enum(DIFFICULTIES),
  gender: z.enum(GENDERS),
  stance: z.enum(STANCES),
  framing: z.enum(FRAMINGS),
  view: z.enum(VIEWS),
  promptHint: promptText(2, 500),
}
const flags = {
  props: z.array(Prop).max(MAX_PROPS).refine(isUnique, 'must not repeat a prop').optional(),
  basePose: slugField('the id of a pose')
    .optional()
    .openapi({ description: 'Poses with the same one are one pose from several sides.' }),
  isPremium: z.boolean().optional(),
  isFeatured: z.boolean().optional(),
  publish: z.boolean().optional().openapi({ description: 'Whether the library shows it.' }),
  displayOrder: z.number().int().min(0).max(MAX_DISPLAY_ORDER).optional(),
  credit: freeText(1, 200)
    .nullable()
    .optional()
    .openapi({ type: ['string', 'null'] }),
  license: freeText(1, 100).optional(),
}
const skeleton = {
  openpose: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown()).max(1)], {
      error: 'must be the JSON of the file itself: an object, or a list of one frame',
    })
    .optional()
    .openapi({ description: 'OpenPose JSON of one or two people; the third dimension is added here.' }),
  geometry: GeometryField.optional(),
  acknowledgeSimilarTo: slugField('the id of a pose')
    .optional()
    .openapi({ description: 'The pose that a refusal named: this one differs from it by its props or hands.' }),
}

type Skeleton = { openpose?: unknown; geometry?: unknown }

/** A new pose: `openpose` or `geometry`, not both. Hidden unless `publish`. */
export const PoseBody = z
  .strictObject({ id: PoseId.optional(), ...texts, ...flags, ...skeleton })
  .refine(({ openpose, geometry }: Skeleton) => (openpose === undefined) !== (geometry === undefined), {
    path: ['openpose'],
    message: 'either openpose or geometry is needed, not both',
  })
export type PoseBody = z.infer<typeof PoseBody>

/** What changes of a pose, and the `version` that the admin saw. */
export const PoseChanges = z
  .strictObject({
    version: z
      .number()
      .int()
      .min(0)
      .openapi({ description: 'Of the pose as it was read: a change of another admin in between is a 409.' }),
    ...z.object(texts).partial().shape,
    ...flags,
    ...skeleton,
  })
  .refine(({ openpose, geometry }: Skeleton) => openpose === undefined || geometry === undefined, {
    path: ['openpose'],
    message: 'either openpose or geometry, not both',
  })
export type PoseChanges = z.infer<typeof PoseChanges>

/** An id made of a name, e.g. "Holding a Box" -> `holding-a-box`; '' for a name without a Latin letter or digit. */
export const slugOf = (name: string): string =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_SLUG)
    .replaceAll(/^-+|-+$/g, '')
