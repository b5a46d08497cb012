import { z } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import { EXPORT_KEEPS } from '../db/tables/pictures'
import type { PictureRow } from '../generations/find-pictures'
import { signMediaPath } from '../media/sign'
import { FORMATS, isEnlarged } from './formats'
import { FORMAT_IDS, type FormatId } from './types'
import type { StoredVariant } from './variants'

const enlarged = z
  .boolean()
  .openapi({ description: 'The picture has fewer pixels than the file: it is softer in print' })

export const VariantSchema = z
  .object({
    format: z.enum(FORMAT_IDS),
    url: z.string().openapi({ description: 'Signed, lives at most 15 minutes' }),
    width: z.number().int(),
    height: z.number().int(),
    sizeBytes: z.number().int(),
    contentType: z.string(),
    dpi: z.number().int().nullable(),
    isEnlarged: enlarged,
    isPadded: z.boolean().openapi({ description: 'The shape could not hold the person: something was put beside' }),
    keeps: z.enum(EXPORT_KEEPS).openapi({ description: 'How much of the person is whole in it' }),
    quality: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'What the byte cap left of it; null where none is lost' }),
  })
  .openapi('PictureFile')

/** A file that is there, with a fresh URL. */
export async function toVariant(
  { config, now }: Ctx,
  picture: PictureRow,
  { id, format, ...file }: StoredVariant,
): Promise<z.infer<typeof VariantSchema>> {
  return {
    format,
    url: await signMediaPath(config.MEDIA_SIGNING_SECRET, id, 'original', now()),
    ...{ width: file.widthPx, height: file.heightPx, sizeBytes: file.sizeBytes, contentType: file.contentType },
    ...promiseOf(format, picture),
    ...{ isPadded: file.isPadded, keeps: file.keeps, quality: file.quality },
  }
}

/** What can be said of a file before it is made. */
export const promiseOf = (format: FormatId, { widthPx: width, heightPx: height }: PictureRow) => ({
  ...{ dpi: FORMATS[format].dpi, isEnlarged: isEnlarged(FORMATS[format], { width, height }) },
})
