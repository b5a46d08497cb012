import { z } from '@hono/zod-openapi'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { TYPICAL_BYTES } from '../estimate-bytes'
import { type ExportFormat, FORMAT_CATEGORIES, IMAGE_TYPES, isEnlarged, WHITE_BACKGROUNDS } from '../formats'
import { FORMAT_IDS } from '../types'
import { FORMAT_ALIASES, listFormats, USE_CASE_IDS, USE_CASES, useCasesOf } from '../use-cases'

/** The size that pictures have when nobody asks for another. */
const PICTURE = { width: 1024, height: 1024 }

const FormatSchema = z
  .object({
    id: z.enum(FORMAT_IDS),
    name: z.string(),
    aliases: z.array(z.string()).openapi({ description: 'Short names that are taken for it' }),
    category: z.enum(FORMAT_CATEGORIES),
    useCases: z.array(z.enum(USE_CASE_IDS)),
    width: z.number().int().nullable().openapi({ description: 'Pixels; null for the original, which keeps its own' }),
    height: z.number().int().nullable(),
    contentType: z.enum(IMAGE_TYPES).nullable().openapi({ description: 'Null: that of the stored file' }),
    quality: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'To begin with; a byte cap lowers it. Null: lossless' }),
    dpi: z.number().int().nullable(),
    maxBytes: z.number().int().nullable(),
    minSidePx: z.number().int().nullable(),
    safeZone: z
      .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
      .nullable()
      .openapi({ description: 'Pixels of the file that are always seen: crops put faces and goods there if they can' }),
    whiteBackground: z.enum(WHITE_BACKGROUNDS),
    isEnlarged: z.boolean().openapi({
      description: 'Of a picture of 1024 x 1024 the file has more pixels than the picture; in print that looks soft',
    }),
    typicalBytes: z.number().int().openapi({
      description:
        'Of a photograph of 1024 x 1024; drawings take a third. `GET /poses/{id}/exports?estimate=true` measures a picture',
    }),
    spec: z
      .object({ title: z.string(), verifiedOn: z.string().openapi({ format: 'date' }), note: z.string() })
      .openapi({ description: 'Where the rules were read, and when' }),
  })
  .openapi('PictureFormat')

const route = defineRoute({
  operationId: 'listFormats',
  method: 'get',
  path: '/api/v1/apps/pose-generator/formats',
  summary: 'The formats a picture can be had in, and which of them serve what',
  ...access('public'),
  responses: {
    200: json(
      z.object({
        items: z.array(FormatSchema),
        useCases: z.array(z.object({ id: z.enum(USE_CASE_IDS), formats: z.array(z.enum(FORMAT_IDS)) })),
      }),
    ),
  },
})

export const registerListFormats = (app: App) =>
  app.openapi(route, (c) => {
    const useCases = USE_CASE_IDS.map((id) => ({ id, formats: [...USE_CASES[id]] }))
    return c.json({ items: listFormats().map(toFormat), useCases }, 200)
  })

const toFormat = (format: ExportFormat): z.infer<typeof FormatSchema> => ({
  ...{ id: format.id, name: format.name, category: format.category, useCases: useCasesOf(format.id) },
  aliases: Object.keys(FORMAT_ALIASES).filter((alias) => FORMAT_ALIASES[alias] === format.id),
  ...{ width: format.widthPx, height: format.heightPx },
  contentType: format.id === 'original' ? null : format.type,
  ...{ quality: format.quality, dpi: format.dpi, maxBytes: format.maxBytes, minSidePx: format.minSidePx ?? null },
  ...{ safeZone: format.safeZone, whiteBackground: format.whiteBackground, isEnlarged: isEnlarged(format, PICTURE) },
  ...{ typicalBytes: TYPICAL_BYTES[format.id], spec: format.spec },
})
