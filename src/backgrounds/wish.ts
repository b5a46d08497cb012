import { z } from '@hono/zod-openapi'
import { type BackgroundWish, CHANGED_BACKGROUND_MODES } from '../db/tables/pictures'
import { idField, promptText } from '../http/fields'
import { sha256Hex } from '../kernel/hash'
import { MAX_PICTURES_PER_EXPORT } from '../kernel/limits'

/** Changes when the same wish would come out differently: what was made before is then made, and paid, anew. */
const WISH_VERSION = 1

const Fields = {
  backgroundMode: z.enum(CHANGED_BACKGROUND_MODES),
  backgroundColor: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/, 'must be #RRGGBB')
    .optional()
    .openapi({ description: 'For `solid_color`' }),
  backgroundPrompt: promptText(3, 300).optional().openapi({ description: 'For `ai_generate`' }),
  backgroundImageId: idField('upload').optional().openapi({ description: 'For `upload`' }),
  shadow: z.boolean().optional().openapi({
    description: 'A soft shadow where the person touches the floor; yes unless said, but not for `transparent`',
  }),
  seed: z.number().int().min(0).max(0xffffffff).optional().openapi({
    description: 'For `ai_generate`: the same words and seed are the same background; another seed is another one',
  }),
}

type WishFields = z.infer<ReturnType<typeof z.strictObject<typeof Fields>>>

const NEEDS = {
  solid_color: 'backgroundColor',
  upload: 'backgroundImageId',
  ai_generate: 'backgroundPrompt',
  transparent: null,
} as const

function checkWish(body: WishFields, issue: z.RefinementCtx): void {
  const field = NEEDS[body.backgroundMode]
  if (field && body[field] === undefined)
    issue.addIssue({ code: 'custom', path: [field], message: `is required for ${body.backgroundMode}` })
}

/** Body of a change of one picture. */
export const BackgroundBody = z.strictObject(Fields).superRefine(checkWish)

/** Body of the same change of many. */
export const BackgroundsBody = z
  .strictObject({
    imageIds: z
      .array(idField('image'))
      .min(1)
      .max(MAX_PICTURES_PER_EXPORT)
      .refine((ids) => new Set(ids).size === ids.length, 'must not name a picture twice')
      .optional(),
    generationId: idField('generation').optional().openapi({ description: 'All delivered pictures of a generation' }),
    ...Fields,
  })
  .superRefine((body, issue) => {
    checkWish(body, issue)
    if (body.imageIds === undefined && body.generationId === undefined)
      issue.addIssue({ code: 'custom', path: ['imageIds'], message: 'is needed, or generationId' })
    if (body.imageIds !== undefined && body.generationId !== undefined)
      issue.addIssue({ code: 'custom', path: ['generationId'], message: 'must not be sent with imageIds' })
  })

/** The wish of a body: what a form sends along for other modes counts for nothing. */
export function wishOf(body: WishFields): BackgroundWish {
  const { backgroundMode: mode, backgroundColor, backgroundPrompt, backgroundImageId, seed } = body
  return {
    mode,
    ...(mode === 'ai_generate' && { prompt: backgroundPrompt!, ...(seed !== undefined && { seed }) }),
    ...(mode === 'solid_color' && { color: backgroundColor!.toUpperCase() }),
    ...(mode === 'upload' && { uploadId: backgroundImageId! }),
    shadow: body.shadow ?? mode !== 'transparent',
  }
}

/** What makes two wishes the same: SHA-256 in hex. */
export const wishHash = ({ mode, prompt, seed, color, uploadId, shadow }: BackgroundWish): Promise<string> =>
  sha256Hex(JSON.stringify([WISH_VERSION, mode, prompt, seed, color?.toUpperCase(), uploadId, shadow]))

/** The seed of a place that nobody named one for: the same words make the same place, for all pictures of a shoot. */
export const seedOf = (wish: BackgroundWish, hash: string): number => wish.seed ?? Number.parseInt(hash.slice(0, 8), 16)
