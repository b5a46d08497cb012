import type { RawNotice } from './contract'

/** A gateway's notice is 1-2 KB. */
export const MAX_NOTICE_BYTES = 64 * 1024

/**
 * The fields of a form, or null when this is none, is too large, or says one of `readFields` twice: which of two values
 * was signed nobody can tell.
 */
export function formOf(raw: RawNotice, readFields: readonly string[]): Record<string, string> | null {
  if (!fits(raw, 'application/x-www-form-urlencoded')) return null
  const form = new URLSearchParams(raw.body)
  if (readFields.some((name) => form.getAll(name).length > 1)) return null
  return Object.fromEntries(form)
}

/** The value of a JSON body, or null when this is none or too large. */
export function jsonOf(raw: RawNotice): unknown {
  if (!fits(raw, 'application/json')) return null
  try {
    return JSON.parse(raw.body)
  } catch {
    return null
  }
}

const fits = ({ contentType, body }: RawNotice, mediaType: string): boolean =>
  contentType?.split(';')[0]?.trim().toLowerCase() === mediaType &&
  body.length <= MAX_NOTICE_BYTES &&
  new TextEncoder().encode(body).length <= MAX_NOTICE_BYTES

/** Words that nobody signed, fit for a record: printable ASCII, short. */
export const claimsOf = (words: (string | null | undefined)[]): string =>
  words
    .filter((word) => word !== null && word !== undefined)
    .join('/')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 100)
