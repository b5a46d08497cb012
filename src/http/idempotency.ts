import { z } from '@hono/zod-openapi'
import { sha256Hex } from '../kernel/hash'

/** Header of every POST that spends or starts something. */
export const IdempotencyHeader = z.object({
  'idempotency-key': z
    .string('is required: 1..255 visible ASCII characters, new for every wish, the same when a wish is sent again')
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1..255 visible ASCII characters')
    .openapi({ example: '6f9c1c1e-7f0c-4a57-9b4e-2f3c1a5d8e90' }),
})

/** What makes two requests the same: method, path and body after validation (key order does not matter). */
export const fingerprint = (method: string, path: string, body: unknown): Promise<string> =>
  sha256Hex(`${method} ${path}\n${canonicalJson(body)}`)

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`
}
