import { z } from '@hono/zod-openapi'
import { AttributesField, avatarName, avatarWords, PersonaField } from '../../avatars/fields'
import { idField } from '../../http/fields'
import { MAX_AVATARS_PER_GENERATION } from '../../kernel/limits'
import { ConsentField } from '../../likeness/policy'

const Person = {
  name: avatarName().optional().openapi({ description: 'What it is called in lists' }),
  attributes: AttributesField.optional(),
  persona: PersonaField.optional(),
}

const Made = {
  variationCount: z
    .number()
    .int()
    .min(1)
    .max(MAX_AVATARS_PER_GENERATION)
    .default(1)
    .openapi({ description: 'Avatars to choose from; each is one, and costs one' }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .optional()
    .openapi({ description: 'Of the first picture; the others count up from it. One is drawn by lot without it' }),
  quoteId: idField('quote').optional().openapi({ description: 'Start at the price of this quote' }),
}

const share = z.number().min(0).max(1)

/** Where the face is, in shares of the photo. */
const FaceField = z
  .strictObject({ x: share, y: share, width: share.min(0.01), height: share.min(0.01) })
  .refine(({ x, y, width, height }) => x + width <= 1 && y + height <= 1, 'must lie inside the photo')
  .openapi('FaceBox', {
    description: 'In shares of the upright photo: 0..1 from its left and top. Found by looking unless said',
  })

export const GenerateAvatar = z.strictObject({
  ...Person,
  ...Made,
  words: avatarWords().default('').openapi({ description: 'Clothes, expression, setting; or use `attributes` alone' }),
})

export const AvatarFromPreset = z.strictObject({
  ...Person,
  ...Made,
  presetId: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the id of a preset')
    .max(100),
  words: avatarWords().default('').openapi({ description: 'Added to those of the preset' }),
})

export const AvatarFromReference = z.strictObject({
  ...Person,
  ...Made,
  referenceImageId: idField('upload').openapi({ description: 'An upload that shows the person' }),
  words: avatarWords().default(''),
  consent: ConsentField,
})

/** The fields beside the photo; a form sends `attributes`, `persona`, `consent` and `face` as JSON. */
export const UploadAvatar = z.strictObject({
  ...Person,
  consent: ConsentField,
  face: FaceField.optional(),
  quoteId: Made.quoteId,
})

export const VaryAvatar = z.strictObject({
  ...Made,
  name: Person.name,
  attributes: AttributesField.optional(),
  words: avatarWords().optional().openapi({ description: 'In place of the words of the avatar' }),
  keep: z.enum(['person', 'looks']).default('person').openapi({
    description: '`person`: the same face in another picture. `looks`: somebody else of the same kind',
  }),
})

const projectId = idField('avatarProject')

/** What any start of the app comes to; `way` says which of the starts it is. */
export const AvatarWish = z.discriminatedUnion('way', [
  GenerateAvatar.extend({ way: z.literal('text_to_image'), projectId }),
  AvatarFromPreset.extend({ way: z.literal('from_preset'), projectId }),
  AvatarFromReference.extend({ way: z.literal('from_reference'), projectId }),
  UploadAvatar.extend({ way: z.literal('uploaded'), projectId, uploadId: idField('upload') }),
  VaryAvatar.extend({ way: z.literal('variation'), avatarId: idField('avatar') }),
])

export type AvatarWish = z.infer<typeof AvatarWish>
