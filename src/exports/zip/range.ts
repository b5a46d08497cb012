import type { Span } from './plan'

/** RFC 9110 section 14.1.2, one range; digits enough for any file. */
const ONE_RANGE = /^bytes=(?:(\d{1,15})-(\d{1,15})?|-(\d{1,15}))$/i

export type Asked = { kind: 'whole' } | { kind: 'part'; span: Span } | { kind: 'unsatisfiable' }

/**
 * What a client wants of `totalBytes`. A Range that is no single range of bytes is ignored, as RFC 9110 section 14.2 lets a
 * server do; with an If-Range that is not the current strong `etag` too (section 13.1.5): the whole is never wrong.
 */
export function askedRange(
  headers: { range: string | undefined; ifRange: string | undefined },
  etag: string,
  totalBytes: number,
): Asked {
  const [matched, first, last, suffix] = ONE_RANGE.exec((headers.range ?? '').replaceAll(' ', '')) ?? []
  if (matched === undefined || (headers.ifRange !== undefined && headers.ifRange.trim() !== etag))
    return { kind: 'whole' }
  if (suffix !== undefined) {
    const length = Math.min(Number(suffix), totalBytes)
    return length === 0 ? { kind: 'unsatisfiable' } : part(totalBytes - length, totalBytes)
  }
  const from = Number(first)
  const to = last === undefined ? totalBytes : Math.min(Number(last) + 1, totalBytes)
  // A last byte before the first makes the header invalid, which is as if it were not there.
  if (last !== undefined && Number(last) < from) return { kind: 'whole' }
  return from >= totalBytes ? { kind: 'unsatisfiable' } : part(from, to)
}

const part = (from: number, to: number): Asked => ({ kind: 'part', span: { from, to } })
