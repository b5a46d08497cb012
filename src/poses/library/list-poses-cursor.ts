import { z } from 'zod'
import { fail } from '../../http/errors'
import { toBase64Url } from '../../kernel/hash'
import { equalInConstantTime, hmacSha256 } from '../../kernel/hmac'
import type { SearchPlan } from '../search/search-index'
import type { Total } from './list-poses-total'

/** Where a page ended: the values that its order compares, the id last, the plan of its search, and what it counted. */
export type Place = { after: (string | number)[]; total: Total; plan?: SearchPlan | undefined }

const Place = z.strictObject({
  after: z.array(z.union([z.string(), z.number()])).max(6),
  total: z.strictObject({ count: z.number(), isExact: z.boolean() }),
  plan: z
    .strictObject({
      scope: z.string(),
      levels: z.array(z.tuple([z.number(), z.number(), z.string()])),
      isBroad: z.boolean(),
      count: z.number().optional(),
      named: z.strictObject({ scope: z.string(), isFew: z.boolean() }).optional(),
    })
    .optional(),
})

const SIGNATURE_CHARS = 22

/**
 * A place as a cursor: base64url of its JSON, and a signature under `secret` of that and of the list it belongs to
 * (`listKey`). What comes back is what we gave out for this list, or nothing: it holds expressions for the index.
 */
export async function writeCursor(secret: string, listKey: string, place: Place): Promise<string> {
  const body = toBase64Url(new TextEncoder().encode(JSON.stringify(place)))
  return `${body}.${await signatureOf(secret, listKey, body)}`
}

/** The place of a cursor. Throws VALIDATION_FAILED for one of another list, or of nobody's. */
export async function readCursor(secret: string, listKey: string, cursor: string): Promise<Place> {
  const [body = '', signature = ''] = cursor.split('.')
  if (!equalInConstantTime(signature, await signatureOf(secret, listKey, body)))
    throw fail('VALIDATION_FAILED', { issues: [{ field: 'cursor', rule: 'must be a cursor of this very list' }] })
  const bytes = Uint8Array.from(atob(body.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
  return Place.parse(JSON.parse(new TextDecoder().decode(bytes)))
}

const signatureOf = async (secret: string, listKey: string, body: string): Promise<string> =>
  (await hmacSha256(secret, `library cursor\n${listKey}\n${body}`)).slice(0, SIGNATURE_CHARS)
