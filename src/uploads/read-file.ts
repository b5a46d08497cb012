import { fail } from '../http/errors'
import { readBytes } from '../http/headers'
import { MAX_UPLOAD_BYTES } from '../kernel/limits'

/** Boundaries and part headers of a form around one file. */
const FORM_OVERHEAD_BYTES = 16 * 1024

/** The one file of a request, sent raw or as the only file of a form; its bytes and the type it was declared as. */
export async function readFile(request: Request): Promise<{ bytes: Uint8Array<ArrayBuffer>; declaredType: string }> {
  const contentType = request.headers.get('content-type') ?? ''
  if (!/^multipart\/form-data\b/i.test(contentType))
    return { bytes: await readBytes(request, MAX_UPLOAD_BYTES), declaredType: contentType }
  const body = await readBytes(request, MAX_UPLOAD_BYTES + FORM_OVERHEAD_BYTES)
  const files = (await parseForm(body, contentType)).filter((value) => value instanceof File)
  const [file] = files
  if (!file || files.length > 1)
    throw fail('VALIDATION_FAILED', { issues: [{ field: 'file', rule: 'exactly one file' }] })
  return { bytes: new Uint8Array(await file.arrayBuffer()), declaredType: file.type }
}

async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<(File | string)[]> {
  try {
    const form = await new Response(body, { headers: { 'content-type': contentType } }).formData()
    return [...form.values()] as (File | string)[]
  } catch {
    throw fail('VALIDATION_FAILED', { issues: [{ field: 'file', rule: 'a well-formed multipart/form-data body' }] })
  }
}
