import { fail } from '../http/errors'
import { readBytes } from '../http/headers'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'

/** Boundaries and part headers of a form around one file, and the fields beside it. */
const FORM_OVERHEAD_BYTES = 16 * 1024
const MAX_FIELDS = 20

export type SentFile = { bytes: Uint8Array<ArrayBuffer>; declaredType: string }

/** The one file of a request, sent raw or as the only file of a form; its bytes and the type it was declared as. */
export async function readFile(request: Request): Promise<SentFile> {
  const contentType = request.headers.get('content-type') ?? ''
  if (isForm(contentType)) return (await readForm(request)).file
  return { bytes: await readBytes(request, MAX_UPLOAD_BYTES), declaredType: contentType }
}

/** A form around one file, with its text fields by name. Of a field that comes twice the last one counts. */
export async function readForm(request: Request): Promise<{ file: SentFile; fields: Record<string, string> }> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!isForm(contentType)) throw fail('UNSUPPORTED_TYPE', { accepted: ['multipart/form-data'] })
  const body = await readBytes(request, MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES)
  const entries = await parseForm(body, contentType)
  const files = entries.flatMap(([, value]) => (value instanceof File ? [value] : []))
  const [file] = files
  if (!file || files.length > 1)
    throw fail('VALIDATION_FAILED', { issues: [{ field: 'file', rule: 'exactly one file' }] })
  const texts = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string').slice(0, MAX_FIELDS)
  return {
    file: { bytes: new Uint8Array(await file.arrayBuffer()), declaredType: file.type },
    fields: Object.fromEntries(texts),
  }
}

const isForm = (contentType: string): boolean => /^multipart\/form-data\b/i.test(contentType)

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<[string, File | string][]> {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    return [...form.entries()] as [string, File | string][]
  } catch {
    throw fail('VALIDATION_FAILED', { issues: [{ field: 'file', rule: 'a well-formed multipart/form-data body' }] })
  }
}
