export type UploadType = 'png' | 'jpeg' | 'webp'

const ascii = (bytes: Uint8Array, at: number, length: number): string =>
  String.fromCharCode(...bytes.subarray(at, at + length))

/**
 * The kind of a file by its first bytes, never by its name: PNG signature (PNG specification 5.2), JPEG SOI and the start of
 * a marker (T.81 B.1.1.3), RIFF....WEBP (RFC 9649 section 2.4). Null for everything else: SVG, HTML, PDF, GIF, nothing.
 */
export function sniffType(bytes: Uint8Array): UploadType | null {
  if (ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n') return 'png'
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg'
  if (ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP') return 'webp'
  return null
}

/** The kind a Content-Type claims; null for another type, undefined when it claims nothing (none, octet-stream). */
export function declaredUploadType(contentType: string | undefined): UploadType | null | undefined {
  const essence = contentType?.replace(/;.*/s, '').trim().toLowerCase()
  if (!essence || essence === 'application/octet-stream') return undefined
  if (essence === 'image/png') return 'png'
  if (essence === 'image/jpeg' || essence === 'image/jpg') return 'jpeg'
  return essence === 'image/webp' ? 'webp' : null
}
