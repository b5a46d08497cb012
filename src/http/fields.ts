import { z } from '@hono/zod-openapi'
import { type IdKind, idPattern } from '../kernel/ids'

// Every control character but tab and line ends.
const CONTROL_CHARACTERS = /(?![\t\n\r])\p{Cc}/u
const MARKUP = /<\s*[a-z!/?]/i

/** Free text of a user: trimmed, NFC, without control characters (NUL among them) or markup; `min`..`max` characters. */
export const freeText = (min: number, max: number) =>
  z
    .string()
    .max(max * 4)
    .transform((value) => value.normalize('NFC').trim())
    .pipe(
      z
        .string()
        .min(min)
        .max(max)
        .refine((value) => !CONTROL_CHARACTERS.test(value), 'must not contain control characters')
        .refine((value) => !MARKUP.test(value), 'must not contain HTML'),
    )
    .openapi({ type: 'string', minLength: min, maxLength: max })

const MAX_PROMPT_WORDS = 100
const REPEATED = /(.)\1{9,}/u

/** Free text that describes a picture: at most 100 words, and no character ten times in a row. */
export const promptText = (min: number, max: number) =>
  freeText(min, max)
    .refine((text) => text.split(/\s+/).length <= MAX_PROMPT_WORDS, `must have at most ${MAX_PROMPT_WORDS} words`)
    .refine((text) => !REPEATED.test(text), 'must not repeat one character ten times')

/** Words that become poses: a draft takes exactly what `POST /generate` does. */
export const poseText = () => promptText(3, 500)

/** An id of ours, e.g. `gen_01J...`. */
export const idField = (kind: IdKind) =>
  z.string().regex(idPattern(kind), `must be ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind} id`)

/** Path parameters of a route about one thing, named `id`. */
export const idParam = (kind: IdKind) => z.object({ id: idField(kind).openapi({ param: { name: 'id', in: 'path' } }) })

/** A whole number in a query string, in decimal digits: not what Number() makes of '', ' 7', '1e2' or '0x10'. */
export const queryInteger = (min: number, max: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().int().min(min).max(max))
    .default(fallback)
    .openapi({ type: 'integer', minimum: min, maximum: max, default: fallback })
