import { z } from '@hono/zod-openapi'

/** The success answer of a route that sends a file instead of JSON. */
export const file = (mediaType: string) => ({
  description: 'OK, or 304 when If-None-Match names the ETag',
  content: { [mediaType]: { schema: z.string().openapi({ format: 'binary' }) } },
})

/** Whether an If-None-Match header names this strong ETag, or is `*` (RFC 9110 section 13.1.2: weak comparison). */
export const isUnchanged = (ifNoneMatch: string | undefined, etag: string): boolean =>
  (ifNoneMatch ?? '').split(',').some((part) => {
    const tag = part.trim()
    return tag === '*' || tag.replace(/^W\//, '') === etag
  })
