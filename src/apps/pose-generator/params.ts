import { z } from '@hono/zod-openapi'
import { formatName } from '../../exports/fields'
import { idField, poseText, promptText } from '../../http/fields'
import {
  JOB_GIVE_UP_MS,
  MAX_BATCH_SIZE,
  MAX_FORMATS,
  MAX_PICTURES_PER_GENERATION,
  MAX_POSES_PER_GENERATION,
  MAX_TEXT_VARIATIONS,
} from '../../kernel/limits'

const MIN_DEADLINE_SECONDS = 60
const MAX_DEADLINE_SECONDS = JOB_GIVE_UP_MS / 1_000

const side = z
  .number()
  .int()
  .min(256)
  .max(1536)
  .multipleOf(16, 'must be a multiple of 16')
  .default(1024)
  .openapi({ multipleOf: 16 })

const Common = {
  projectId: idField('project'),
  avatarId: idField('avatar').optional().openapi({
    description: 'An avatar of the Avatar Creator, in place of the one that the project has',
  }),
  seed: z
    .number()
    .int()
    .min(0)
    .max(0xffffffff)
    .optional()
    .openapi({ description: 'Of the first picture; the others count up from it. One is drawn by lot without it' }),
  width: side,
  height: side,
  useBackgroundChanger: z
    .boolean()
    .default(false)
    .openapi({ description: 'Without it the other background fields count for nothing' }),
  backgroundMode: z.enum(['ai_generate', 'solid_color', 'upload', 'transparent']).optional(),
  backgroundPrompt: promptText(3, 300).optional(),
  backgroundColor: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/, 'must be #RRGGBB')
    .optional(),
  backgroundImageId: idField('upload').optional(),
  outputFormats: z
    .array(formatName())
    .max(MAX_FORMATS)
    .refine((formats) => new Set(formats).size === formats.length, 'must not name a format twice')
    .default([])
    .openapi({
      description:
        'Files of each picture that are to be there without being asked for; formats of `GET /formats` or their short names',
    }),
  fund: z.enum(['credits']).optional().openapi({ description: "Pay in credits and leave a plan's daily quota alone" }),
  // Not a default: an Idempotency-Key from before this field answers its request as ever.
  poseControl: z.enum(['required', 'preferred']).optional().openapi({
    description:
      '`required` unless said. `preferred`: where no image service takes the pose itself, it may be told in words and turn out loosely',
  }),
}

const Gallery = z.strictObject({
  ...Common,
  generationType: z.literal('GALLERY_REFERENCE'),
  selectedPoseIds: z
    .array(
      z
        .string()
        .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a pose id')
        .max(100),
    )
    .min(1)
    .max(MAX_POSES_PER_GENERATION)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a pose twice'),
  batchSize: z.number().int().min(1).max(MAX_BATCH_SIZE).default(4),
  prompt: promptText(0, 500).default(''),
})

const Text = z.strictObject({
  ...Common,
  generationType: z.literal('TEXT_DESCRIPTION'),
  textPrompt: poseText(),
  variationCount: z.number().int().min(1).max(MAX_TEXT_VARIATIONS).default(4),
})

type Shoot = z.infer<typeof Gallery> | z.infer<typeof Text>

/** What one field alone cannot say. */
function checkTogether(body: Shoot, issue: z.RefinementCtx): void {
  const refuse = (field: string, message: string) => issue.addIssue({ code: 'custom', path: [field], message })
  if (body.generationType === 'GALLERY_REFERENCE') {
    const pictures = body.selectedPoseIds.length * body.batchSize
    if (pictures > MAX_PICTURES_PER_GENERATION)
      refuse('batchSize', `poses x batchSize is ${pictures}; at most ${MAX_PICTURES_PER_GENERATION} pictures`)
  }
  if (!body.useBackgroundChanger) return
  if (!body.backgroundMode) refuse('backgroundMode', 'is required with useBackgroundChanger')
  if (body.backgroundMode === 'solid_color' && !body.backgroundColor)
    refuse('backgroundColor', 'is required for solid_color')
  if (body.backgroundMode === 'upload' && !body.backgroundImageId) refuse('backgroundImageId', 'is required for upload')
  if (body.backgroundMode === 'ai_generate' && !body.backgroundPrompt)
    refuse('backgroundPrompt', 'is required for ai_generate')
}

/** What a quote is asked for: the body of `POST /generate` without the quote. */
export const ShootParams = z.discriminatedUnion('generationType', [Gallery, Text]).superRefine(checkTogether)

/** What only a start has: a quote binds the price, whenever its pictures are wanted. */
const Quoted = {
  quoteId: idField('quote').optional().openapi({ description: 'Start at the price of this quote' }),
  deadlineSeconds: z
    .number()
    .int()
    .min(MIN_DEADLINE_SECONDS)
    .max(MAX_DEADLINE_SECONDS)
    .optional()
    .openapi({ description: 'Pictures that are not there by then fail with DEADLINE, and their credits return' }),
}

/** Body of `POST /generate`. */
export const GenerateBody = z
  .discriminatedUnion('generationType', [Gallery.extend(Quoted), Text.extend(Quoted)])
  .superRefine(checkTogether)

export type GenerateBody = z.infer<typeof GenerateBody>
