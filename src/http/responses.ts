import { z } from '@hono/zod-openapi'
import { ERRORS, type ErrorCode } from './errors'

const ErrorSchema = z
  .object({
    error: z.object({
      code: z.string(),
      message: z.string(),
      statusCode: z.number().int(),
      requestId: z.string(),
      timestamp: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .openapi('Error')

/** A JSON answer. */
export const json = <S extends z.ZodType>(schema: S, description = 'OK') => ({
  description,
  content: { 'application/json': { schema } },
})

/** A JSON body that must be there. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** The error answers of a route, grouped by status. Every route may also answer 500. */
export function errors(...codes: ErrorCode[]) {
  const byStatus: Record<
    number,
    { description: string; content: { 'application/json': { schema: typeof ErrorSchema } } }
  > = {}
  for (const code of codes) {
    const { status } = ERRORS[code]
    const known = byStatus[status]
    byStatus[status] = {
      description: known ? `${known.description} / ${code}` : code,
      content: { 'application/json': { schema: ErrorSchema } },
    }
  }
  return byStatus
}
