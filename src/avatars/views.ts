import { z } from '@hono/zod-openapi'
import { type AttributeName, AVATAR_ATTRIBUTES } from '../db/tables/avatar-attributes'
import { AVATAR_WAYS, type FaceBox, type Palette } from '../db/tables/avatars'
import { signMediaPath } from '../media/sign'
import { attributesOf, personaOf } from './fields'
import type { AvatarRow } from './find-avatar'
import type { AvatarProjectRow } from './find-avatar-project'

const timestamp = z.string().openapi({ format: 'date-time' })
const share = z.number().openapi({ description: '0..1 of the picture' })
const color = z.string().nullable().openapi({ description: '#RRGGBB; null where the picture does not show it' })

const one = <Name extends AttributeName>(name: Name) => z.enum(AVATAR_ATTRIBUTES[name]).nullable()

/** All nine, null where nobody said. */
export const AttributesSchema = z
  .object({
    gender: one('gender'),
    ageRange: one('ageRange'),
    ethnicity: one('ethnicity'),
    bodyType: one('bodyType'),
    hairStyle: one('hairStyle'),
    hairColor: one('hairColor'),
    eyeColor: one('eyeColor'),
    skinTone: one('skinTone'),
    style: one('style'),
  })
  .openapi('AvatarAttributes')

export const PersonaSchema = z
  .object({
    name: z.string().nullable(),
    age: z.number().int().nullable(),
    personality: z.array(z.string()),
    background: z.string(),
  })
  .openapi('Persona')

export const AvatarProjectSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    avatarsCount: z.number().int(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('AvatarProject')

export const toAvatarProject = (row: AvatarProjectRow): z.infer<typeof AvatarProjectSchema> => ({
  id: row.id,
  name: row.name,
  description: row.description,
  avatarsCount: row.avatarsCount,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})

export const AvatarSchema = z
  .object({
    id: z.string(),
    projectId: z.string(),
    generationId: z.string().openapi({ description: 'The job that made it' }),
    name: z.string(),
    sourceType: z.enum(AVATAR_WAYS),
    persona: PersonaSchema,
    attributes: AttributesSchema,
    words: z.string().openapi({ description: 'What was said of the person, besides the attributes' }),
    imageUrl: z.string().openapi({ description: 'Signed, lives at most 15 minutes' }),
    thumbnailUrl: z.string(),
    width: z.number().int(),
    height: z.number().int(),
    face: z
      .object({ x: share, y: share, width: share, height: share })
      .nullable()
      .openapi({ description: 'Null when no face was found' }),
    palette: z.object({ skin: color, hair: color, top: color, bottom: color }),
    provider: z.string().nullable().openapi({ description: 'Null for a photograph that was uploaded' }),
    model: z.string().nullable(),
    simulated: z.boolean().openapi({ description: 'Drawn by the embedded renderer, not by a model' }),
    promptUsed: z.string().nullable(),
    seedUsed: z.number().int().nullable(),
    presetId: z.string().nullable(),
    parentId: z.string().nullable().openapi({ description: 'The avatar that it is a variation of' }),
    sourceUploadId: z.string().nullable(),
    usageCount: z.number().int().openapi({ description: 'Generations that it was used in' }),
    lastUsedAt: timestamp.nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .openapi('Avatar')

/** An avatar as its owner sees it, with fresh signed URLs. `now` in ms. */
export async function toAvatar(secret: string, row: AvatarRow, now: number): Promise<z.infer<typeof AvatarSchema>> {
  const [imageUrl, thumbnailUrl] = await Promise.all([
    signMediaPath(secret, row.id, 'original', now),
    signMediaPath(secret, row.id, 'thumbnail', now),
  ])
  return {
    id: row.id,
    projectId: row.projectId,
    generationId: row.generationId,
    name: row.name,
    sourceType: row.sourceType,
    persona: personaOf(row),
    attributes: attributesOf(row),
    words: row.words,
    imageUrl,
    thumbnailUrl,
    width: row.widthPx,
    height: row.heightPx,
    face: row.face && rounded(row.face),
    palette: toHexPalette(row.palette),
    provider: row.provider,
    model: row.model,
    simulated: row.simulated,
    promptUsed: row.promptUsed,
    seedUsed: row.seedUsed,
    presetId: row.presetId,
    parentId: row.parentId,
    sourceUploadId: row.uploadId,
    usageCount: row.usageCount,
    lastUsedAt: row.lastUsedAt === null ? null : new Date(row.lastUsedAt).toISOString(),
    createdAt: new Date(row.createdAt).toISOString(),
    updatedAt: new Date(row.updatedAt).toISOString(),
  }
}

/** Four digits: a tenth of a pixel of the largest picture. */
const rounded = ({ x, y, width, height }: FaceBox): FaceBox => ({
  ...{ x: toFour(x), y: toFour(y), width: toFour(width), height: toFour(height) },
})
const toFour = (value: number): number => Math.round(value * 10_000) / 10_000

const toHexPalette = ({ skin, hair, top, bottom }: Palette) => ({
  skin: toHex(skin),
  hair: toHex(hair),
  top: toHex(top),
  bottom: toHex(bottom),
})

const toHex = (rgb: Palette['skin']): string | null =>
  rgb === null
    ? null
    : `#${rgb
        .map((level) => level.toString(16).padStart(2, '0'))
        .join('')
        .toUpperCase()}`
