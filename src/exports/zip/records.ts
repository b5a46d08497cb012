// The records of a ZIP file, by the sections of APPNOTE.TXT 6.3.10. Entries are stored as they are (method 0): pictures are
// compressed already, and what has a known size and CRC needs no data descriptor.
import { WIB_OFFSET_MS } from '../../kernel/calendar'

/** One file of an archive. `crc32` as a ZIP has it: uint32. */
export type ZipEntry = { name: string; sizeBytes: number; crc32: number }

/** 4.4.4 bit 11: names are UTF-8. */
const FLAGS = 1 << 11
const STORED = 0
/** 4.4.3.2: 2.0 for files, 4.5 for ZIP64. */
const VERSION = 20
const VERSION_ZIP64 = 45
/** 4.4.2: upper byte 3, attributes are those of UNIX. */
const MADE_BY = (3 << 8) | VERSION_ZIP64
/** 4.4.15: a regular file that everybody may read. */
const ATTRIBUTES = 0o100644 * 0x10000

/** 4.4.1.4: a field that holds this is to be looked up in the ZIP64 record. */
const MAX_UINT16 = 0xffff
const MAX_UINT32 = 0xffffffff

/** 4.5.3, with the two bytes of its id and the two of its length. */
const EXTRA_ID = 1
const EXTRA_HEAD_BYTES = 4
const LOCAL_EXTRA_BYTES = EXTRA_HEAD_BYTES + 16

const isLarge = (value: number): boolean => value >= MAX_UINT32

/** Bytes of a local file header (4.3.7) with its name of `nameBytes`. */
export const localHeaderBytes = ({ sizeBytes }: ZipEntry, nameBytes: number): number =>
  30 + nameBytes + (isLarge(sizeBytes) ? LOCAL_EXTRA_BYTES : 0)

/** Bytes of a central directory header (4.3.12) for an entry whose local header is at `offset`. */
export function centralHeaderBytes({ sizeBytes }: ZipEntry, nameBytes: number, offset: number): number {
  const numbers = (isLarge(sizeBytes) ? 2 : 0) + (isLarge(offset) ? 1 : 0)
  return 46 + nameBytes + (numbers > 0 ? EXTRA_HEAD_BYTES + 8 * numbers : 0)
}

/** The directory's place and size. */
export type Directory = { entries: number; offset: number; sizeBytes: number }

export const needsZip64 = ({ entries, offset, sizeBytes }: Directory): boolean =>
  entries >= MAX_UINT16 || isLarge(offset) || isLarge(sizeBytes)

/** Bytes of what follows the directory (4.3.14, 4.3.15, 4.3.16). */
export const endBytes = (directory: Directory): number => (needsZip64(directory) ? 56 + 20 : 0) + 22

/** 4.4.6: MS-DOS date and time, whole even seconds, of the wall clock in Jakarta. Only years 1980 to 2107 can be said. */
export function dosDateTime(at: number): { date: number; time: number } {
  const local = new Date(at + WIB_OFFSET_MS)
  const year = local.getUTCFullYear()
  if (!(year >= 1980)) return { date: (1 << 5) | 1, time: 0 }
  if (year > 2107) return { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 }
  return {
    date: ((year - 1980) << 9) | ((local.getUTCMonth() + 1) << 5) | local.getUTCDate(),
    time: (local.getUTCHours() << 11) | (local.getUTCMinutes() << 5) | (local.getUTCSeconds() >> 1),
  }
}

/** Writes numbers little-endian (4.4.1.1), one after the other. */
export type Pen = ReturnType<typeof penOn>
export function penOn(bytes: Uint8Array<ArrayBuffer>) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  return {
    u16(...values: number[]) {
      for (const value of values) {
        view.setUint16(at, value, true)
        at += 2
      }
    },
    u32(...values: number[]) {
      for (const value of values) {
        view.setUint32(at, value, true)
        at += 4
      }
    },
    u64(...values: number[]) {
      for (const value of values) {
        view.setBigUint64(at, BigInt(value), true)
        at += 8
      }
    },
    text(text: Uint8Array) {
      bytes.set(text, at)
      at += text.length
    },
    get written() {
      return at
    },
  }
}

const capped = (value: number): number => (isLarge(value) ? MAX_UINT32 : value)

/** 4.3.7 local file header. */
export function writeLocalHeader(pen: Pen, { sizeBytes, crc32 }: ZipEntry, name: Uint8Array, modifiedAt: number): void {
  const { date, time } = dosDateTime(modifiedAt)
  const large = isLarge(sizeBytes)
  pen.u32(0x04034b50)
  pen.u16(large ? VERSION_ZIP64 : VERSION, FLAGS, STORED, time, date)
  pen.u32(crc32, capped(sizeBytes), capped(sizeBytes))
  pen.u16(name.length, large ? LOCAL_EXTRA_BYTES : 0)
  pen.text(name)
  // 4.5.3: in a local header both sizes, original and compressed.
  if (large) {
    pen.u16(EXTRA_ID, 16)
    pen.u64(sizeBytes, sizeBytes)
  }
}

/** 4.3.12 central directory header. */
export function writeCentralHeader(
  pen: Pen,
  { sizeBytes, crc32 }: ZipEntry,
  name: Uint8Array,
  offset: number,
  modifiedAt: number,
): void {
  const { date, time } = dosDateTime(modifiedAt)
  // 4.5.3: those fields alone whose place says 0xFFFFFFFF, in this order.
  const extra = [...(isLarge(sizeBytes) ? [sizeBytes, sizeBytes] : []), ...(isLarge(offset) ? [offset] : [])]
  const extraBytes = extra.length > 0 ? EXTRA_HEAD_BYTES + 8 * extra.length : 0
  pen.u32(0x02014b50)
  pen.u16(MADE_BY, extra.length > 0 ? VERSION_ZIP64 : VERSION, FLAGS, STORED, time, date)
  pen.u32(crc32, capped(sizeBytes), capped(sizeBytes))
  // Lengths of name, extra field and comment; disk; internal attributes.
  pen.u16(name.length, extraBytes, 0, 0, 0)
  pen.u32(ATTRIBUTES, capped(offset))
  pen.text(name)
  if (extra.length > 0) {
    pen.u16(EXTRA_ID, 8 * extra.length)
    pen.u64(...extra)
  }
}

/** 4.3.14, 4.3.15 where they are needed, and 4.3.16 end of central directory record. */
export function writeEnd(pen: Pen, directory: Directory): void {
  const { entries, offset, sizeBytes } = directory
  if (needsZip64(directory)) {
    pen.u32(0x06064b50)
    // The size of this record without its first twelve bytes.
    pen.u64(44)
    pen.u16(MADE_BY, VERSION_ZIP64)
    pen.u32(0, 0)
    pen.u64(entries, entries, sizeBytes, offset)
    pen.u32(0x07064b50, 0)
    pen.u64(offset + sizeBytes)
    pen.u32(1)
  }
  const count = Math.min(entries, MAX_UINT16)
  pen.u32(0x06054b50)
  pen.u16(0, 0, count, count)
  pen.u32(capped(sizeBytes), capped(offset))
  pen.u16(0)
}
