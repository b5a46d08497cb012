import { z } from '@hono/zod-openapi'

/** What every signed URL carries in its query: when it runs out (ms since the epoch) and who made it. */
export const signedQuery = {
  exp: z
    .string()
    .regex(/^[1-9]\d{12}$/, 'must be milliseconds since the epoch')
    .transform(Number)
    .openapi({ type: 'integer', description: 'When the link runs out, in milliseconds since the epoch.' }),
  sig: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be a signature')
    .openapi({ description: 'As in the link that was given.' }),
}
