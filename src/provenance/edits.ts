/** Bytes `from` to `to` of a file make room for others. */
export type Edit = { from: number; to: number; put: Uint8Array[] }

/** The file with its edits, which must not overlap. */
export function applyEdits(bytes: Uint8Array, edits: Edit[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = []
  let at = 0
  for (const { from, to, put } of edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    parts.push(bytes.subarray(at, from), ...put)
    at = to
  }
  return join([...parts, bytes.subarray(at)])
}

/** One after the other; copied by the engine, not byte by byte. */
export function join(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Whether the bytes start with an ASCII text. */
export function startsWith(bytes: Uint8Array, text: string): boolean {
  if (bytes.length < text.length) return false
  for (let i = 0; i < text.length; i++) if (bytes[i] !== text.charCodeAt(i)) return false
  return true
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

/** For a few kilobytes. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i])
