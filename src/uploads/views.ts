import { z } from '@hono/zod-openapi'
import { signMediaPath } from '../media/sign'
import type { UploadRow } from './storage'

export const UploadSchema = z
  .object({
    id: z.string(),
    url: z.string().openapi({ description: 'Signed path of the PNG, good for 10 to 15 minutes' }),
    width: z.number().int(),
    height: z.number().int(),
    sizeBytes: z.number().int().openapi({ description: 'As stored, which counts against the storage' }),
    createdAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('Upload')

export const toUpload = async (secret: string, row: UploadRow, now: number): Promise<z.infer<typeof UploadSchema>> => ({
  id: row.id,
  url: await signMediaPath(secret, row.id, 'original', now),
  width: row.widthPx,
  height: row.heightPx,
  sizeBytes: row.sizeBytes,
  createdAt: new Date(row.createdAt).toISOString(),
})
