import { assert } from '../../kernel/assert'
import {
  centralHeaderBytes,
  type Directory,
  endBytes,
  localHeaderBytes,
  penOn,
  writeCentralHeader,
  writeEnd,
  writeLocalHeader,
  type ZipEntry,
} from './records'

/** Bytes `from` up to, not with, `to`. */
export type Span = { from: number; to: number }

/** What an archive is, byte for byte, but for the content of its files. */
export type ArchivePlan = {
  totalBytes: number
  /** Where each entry's local header begins; its content follows that. */
  offsets: number[]
  /** The central directory with what follows it: the end of the archive. */
  tail: Uint8Array<ArrayBuffer>
  header: (entry: number) => Uint8Array<ArrayBuffer>
}

/** A stretch of an archive: bytes that are there, or a part of an entry's content. */
export type Piece = { bytes: Uint8Array<ArrayBuffer> } | { entry: number; offset: number; sizeBytes: number }

const encoder = new TextEncoder()

/**
 * Lays out a stored ZIP of these entries, in their order: its length is known before a byte of it is read. ZIP64 records are
 * there where they are needed, and only there. `modifiedAt` (ms) is the time of all entries, so that the same files make
 * the same bytes.
 */
export function planArchive(entries: ZipEntry[], modifiedAt: number): ArchivePlan {
  const names = entries.map(({ name }) => encoder.encode(name))
  const offsets: number[] = []
  let at = 0
  let directoryBytes = 0
  entries.forEach((entry, i) => {
    assert(Number.isSafeInteger(entry.sizeBytes) && entry.sizeBytes >= 0, 'a file has a size')
    const { length } = names[i]!
    assert(length > 0 && length <= 0xffff, 'a file has a name that fits its record')
    offsets.push(at)
    directoryBytes += centralHeaderBytes(entry, length, at)
    at += localHeaderBytes(entry, length) + entry.sizeBytes
  })
  const directory: Directory = { entries: entries.length, offset: at, sizeBytes: directoryBytes }
  const tail = new Uint8Array(directoryBytes + endBytes(directory))
  const pen = penOn(tail)
  entries.forEach((entry, i) => {
    writeCentralHeader(pen, entry, names[i]!, offsets[i]!, modifiedAt)
  })
  writeEnd(pen, directory)
  assert(pen.written === tail.length, 'the directory is as long as it was planned')
  return {
    ...{ totalBytes: at + tail.length, offsets, tail },
    header(i) {
      const bytes = new Uint8Array(localHeaderBytes(entries[i]!, names[i]!.length))
      writeLocalHeader(penOn(bytes), entries[i]!, names[i]!, modifiedAt)
      return bytes
    },
  }
}

/** The pieces of `span`, in their order; whole entries before it are not looked at. */
export function* piecesOf(plan: ArchivePlan, entries: ZipEntry[], span: Span): Generator<Piece> {
  for (let i = firstIn(plan.offsets, span.from); i < entries.length && plan.offsets[i]! < span.to; i++) {
    const header = plan.header(i)
    const start = plan.offsets[i]!
    const shown = cut(start, header.length, span)
    if (shown) yield { bytes: header.subarray(shown.from, shown.to) }
    const content = cut(start + header.length, entries[i]!.sizeBytes, span)
    if (content) yield { entry: i, offset: content.from, sizeBytes: content.to - content.from }
  }
  const tail = cut(plan.totalBytes - plan.tail.length, plan.tail.length, span)
  if (tail) yield { bytes: plan.tail.subarray(tail.from, tail.to) }
}

/** What of a stretch of `length` at `start` is in the span, counted from `start`; null for nothing. */
function cut(start: number, length: number, { from, to }: Span): Span | null {
  const shown = { from: Math.max(0, from - start), to: Math.min(length, to - start) }
  return shown.from < shown.to ? shown : null
}

/** The last entry that begins at `from` or before it. */
function firstIn(offsets: number[], from: number): number {
  const after = offsets.findIndex((offset) => offset > from)
  return Math.max(0, (after === -1 ? offsets.length : after) - 1)
}
