import { fail } from '../http/errors'
import { readBytes } from '../http/headers'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'

/** Boundaries and part headers of a form around one file, and the fields beside it. */
const FORM_OVERHEAD_BYTES = 16 * 1024
const MAX_FIELDS = 20
/** A field is at most some JSON of a few hundred characters: longer ones are not even parsed. */
const MAX_FIELD_CHARACTERS = 8 * 1024

export type SentFile = { bytes: Uint8Array<ArrayBuffer>; declaredType: string }

/** The one file of a request, sent raw or as the only file of a form; its bytes and the type it was declared as. */
export async function readFile(request: Request): Promise<SentFile> {
  const contentType = request.headers.get('content-type') ?? ''
  if (isForm(contentType)) return (await readForm(request)).file
  return { bytes: await readBytes(request, MAX_UPLOAD_BYTES), declaredType: contentType }
}

/**
 * A form around one file, with its text fields by name. Throws VALIDATION_FAILED for more than 20 fields, for one that comes
 * twice, as nobody could tell which is meant (of a consent least of all), and for one that is too long.
 */
export async function readForm(request: Request): Promise<{ file: SentFile; fields: Record<string, string> }> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!isForm(contentType)) throw fail('UNSUPPORTED_TYPE', { accepted: ['multipart/form-data'] })
  const body = await readBytes(request, MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES)
  const entries = await parseForm(body, contentType)
  const files = entries.flatMap(([, value]) => (value instanceof File ? [value] : []))
  const [file] = files
  if (!file || files.length > 1) throw refused('file', 'exactly one file')
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  if (texts.length > MAX_FIELDS) throw refused('form', `at most ${MAX_FIELDS} fields`)
  for (const [at, [name, text]] of texts.entries()) {
    if (texts.findIndex(([other]) => other === name) !== at) throw refused(shownName(name), 'must come once')
    if (text.length > MAX_FIELD_CHARACTERS) throw refused(shownName(name), `at most ${MAX_FIELD_CHARACTERS} characters`)
  }
  return {
    file: { bytes: new Uint8Array(await file.arrayBuffer()), declaredType: file.type },
    fields: Object.fromEntries(texts),
  }
}

const refused = (field: string, rule: string) => fail('VALIDATION_FAILED', { issues: [{ field, rule }] })

/** Names are the client's own: an answer repeats so much of one. */
const shownName = (name: string): string => name.slice(0, 50)

const isForm = (contentType: string): boolean => /^multipart\/form-data\b/i.test(contentType)

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<[string, File | string][]> {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    return [...form.entries()] as [string, File | string][]
  } catch {
    throw refused('file', 'a well-formed multipart/form-data body')
  }
}
