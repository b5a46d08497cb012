import { execFileSync, spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, describe, expect, test } from 'vitest'
import { type ArchivePlan, piecesOf, planArchive, type Span } from '../../src/exports/zip/plan'
import { dosDateTime, type ZipEntry } from '../../src/exports/zip/records'

type File = { name: string; content: Uint8Array }

const AT = Date.UTC(2026, 10, 21, 14, 30, 44)
const entriesOf = (files: File[]): ZipEntry[] =>
  files.map(({ name, content }) => ({ name, sizeBytes: content.length, crc32: crc32(content) }))

/** The bytes of a part of an archive, as a stream would write them. */
function written(plan: ArchivePlan, files: File[], span: Span): Buffer {
  const pieces = [...piecesOf(plan, entriesOf(files), span)].map((piece) =>
    'bytes' in piece ? piece.bytes : files[piece.entry]!.content.subarray(piece.offset, piece.offset + piece.sizeBytes),
  )
  return Buffer.concat(pieces)
}

function archiveOf(files: File[], at = AT): Buffer {
  const plan = planArchive(entriesOf(files), at)
  const bytes = written(plan, files, { from: 0, to: plan.totalBytes })
  expect(bytes.length).toBe(plan.totalBytes)
  return bytes
}

const folder = mkdtempSync(join(tmpdir(), 'lumiku-zip-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0
const PYTHON = has('python3', '--version')
const UNZIP = has('unzip', '-v')

/** What Python's zipfile says of an archive: name, size, CRC, offset and time of each entry, and the first bad one. */
function readByPython(path: string, { isTested = true } = {}) {
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    bad = z.testzip() if sys.argv[2] == 'test' else None
    print(json.dumps({'bad': bad, 'entries': [[i.filename, i.file_size, i.CRC, i.header_offset, list(i.date_time), i.compress_type] for i in z.infolist()]}))`
  const out = execFileSync('python3', ['-c', script, path, isTested ? 'test' : 'list'], { maxBuffer: 1 << 28 })
  return JSON.parse(out.toString()) as {
    bad: string | null
    entries: [string, number, number, number, number[], number][]
  }
}

const countByPython = (path: string): number =>
  Number(
    execFileSync('python3', ['-c', 'import sys, zipfile; print(len(zipfile.ZipFile(sys.argv[1]).infolist()))', path]),
  )

/** Two readers that are not ours agree that nothing is wrong with it; those that this machine has. */
function expectCleanFor(bytes: Buffer, files: File[]): void {
  const path = join(folder, 'archive.zip')
  writeFileSync(path, bytes)
  if (PYTHON) {
    const { bad, entries } = readByPython(path)
    expect(bad).toBe(null)
    const said = JSON.stringify(entries.map(([name, size, crc]) => [name, size, crc]))
    expect(said).toBe(JSON.stringify(files.map(({ name, content }) => [name, content.length, crc32(content)])))
  }
  // Info-ZIP warns (1) of an archive with nothing in it.
  if (UNZIP && files.length > 0) expect(spawnSync('unzip', ['-tqq', path]).status).toBe(0)
}

const someFile = fc.record({
  name: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((text) => text.replaceAll(/[\\/\0]/g, '_')),
  content: fc.uint8Array({ maxLength: 300 }),
})
const someFiles = fc
  .array(someFile, { maxLength: 12 })
  .map((files) => files.map((file, i) => ({ ...file, name: `${i}-${file.name}`.toWellFormed() })))

describe('an archive', () => {
  test('holds every file as it was, whatever its name, and says its own length beforehand', () => {
    fc.assert(
      fc.property(someFiles, (files) => {
        const found = unzipSync(archiveOf(files))
        expect(Object.keys(found).sort()).toEqual(files.map(({ name }) => name).sort())
        for (const { name, content } of files) expect(Buffer.compare(found[name]!, content)).toBe(0)
      }),
      { numRuns: 300 },
    )
  })

  test('is clean for other readers: empty files, names in many scripts, nothing at all', () => {
    const files = ['kosong', 'kötak-téh', '茶箱', '📦'].map((name, i) => ({
      name,
      content: new Uint8Array(i * 1000).fill(i),
    }))
    expectCleanFor(archiveOf(files), files)
    expectCleanFor(archiveOf([]), [])
    fc.assert(
      fc.property(someFiles, (sampled) => expectCleanFor(archiveOf(sampled), sampled)),
      { numRuns: 3 },
    )
  }, 30_000)

  test('has the same bytes every time, and the hour that the clock in Jakarta showed', () => {
    const files = [{ name: 'a.txt', content: new Uint8Array([1, 2, 3]) }]
    expect(archiveOf(files).equals(archiveOf(files))).toBe(true)
    const { date, time } = dosDateTime(AT)
    expect([(date >> 9) + 1980, (date >> 5) & 15, date & 31]).toEqual([2026, 11, 21])
    expect([time >> 11, (time >> 5) & 63, (time & 31) * 2]).toEqual([21, 30, 44])
    if (!PYTHON) return
    const path = join(folder, 'time.zip')
    writeFileSync(path, archiveOf(files))
    expect(readByPython(path).entries[0]?.[4]).toEqual([2026, 11, 21, 21, 30, 44])
  })

  test('a time that MS-DOS cannot say is the nearest one it can', () => {
    expect(dosDateTime(0)).toEqual({ date: (1 << 5) | 1, time: 0 })
    expect(dosDateTime(Number.NaN)).toEqual({ date: (1 << 5) | 1, time: 0 })
    expect(dosDateTime(Date.UTC(2200, 0, 1)).date >> 9).toBe(127)
  })

  test('every part of it is the same part of the whole', () => {
    fc.assert(
      fc.property(someFiles, fc.nat(), fc.nat(), (files, a, b) => {
        const plan = planArchive(entriesOf(files), AT)
        const whole = written(plan, files, { from: 0, to: plan.totalBytes })
        const from = a % plan.totalBytes
        const to = from + 1 + (b % (plan.totalBytes - from))
        expect(written(plan, files, { from, to }).equals(whole.subarray(from, to))).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })

  test('any cut of one small archive can be mended from its other half', () => {
    const files = [
      { name: 'satu.jpg', content: new Uint8Array(17).fill(1) },
      { name: 'kosong.txt', content: new Uint8Array() },
      { name: 'dua.png', content: new Uint8Array(5).fill(2) },
    ]
    const plan = planArchive(entriesOf(files), AT)
    const whole = archiveOf(files)
    for (let at = 1; at < plan.totalBytes; at++) {
      const halves = [
        written(plan, files, { from: 0, to: at }),
        written(plan, files, { from: at, to: plan.totalBytes }),
      ]
      expect(Buffer.concat(halves).equals(whole), `cut at ${at}`).toBe(true)
    }
  })

  test('is small when its files are small: no record of ZIP64 is in it', () => {
    const bytes = archiveOf([{ name: 'a', content: new Uint8Array(10) }])
    expect(bytes.length).toBe(30 + 1 + 10 + 46 + 1 + 22)
    expect(bytes.includes(Buffer.from([0x50, 0x4b, 6, 6]))).toBe(false)
  })
})

describe('an archive past the limits of old ZIP', () => {
  test('70,000 files are all there', () => {
    const content = strFile('x')
    const files = Array.from({ length: 70_000 }, (_, i) => ({ name: `${i}.txt`, content }))
    const bytes = archiveOf(files)
    const found = unzipSync(bytes)
    expect(Object.keys(found)).toHaveLength(70_000)
    expect(strFromU8(found['69999.txt']!)).toBe('x')
    expectCleanFor(bytes, files)
  }, 30_000)

  test.each([65_534, 65_535])('%i files are counted right', (count) => {
    const files = Array.from({ length: count }, (_, i) => ({ name: `${i}`, content: new Uint8Array() }))
    const bytes = archiveOf(files)
    expect(bytes.includes(Buffer.from([0x50, 0x4b, 6, 6]))).toBe(count >= 0xffff)
    const path = join(folder, 'count.zip')
    writeFileSync(path, bytes)
    if (PYTHON) expect(countByPython(path)).toBe(count)
  })

  /** Sizes that no test should write: the files are holes, which cost no room on the disk. */
  const GIB = 2 ** 30
  const large: ZipEntry[] = [
    { name: 'first.bin', sizeBytes: 3 * GIB, crc32: 0 },
    { name: 'huge.bin', sizeBytes: 5 * GIB, crc32: 0 },
    { name: 'behind.bin', sizeBytes: 2 * GIB, crc32: 0 },
    { name: 'last.txt', sizeBytes: 4, crc32: crc32(strFile('akhi')) },
  ]

  /** Writes an archive whose last file says `akhi` and whose others are holes; answers its path. */
  function sparseArchive(entries: ZipEntry[], plan: ArchivePlan): string {
    const path = join(folder, 'large.zip')
    const file = openSync(path, 'w')
    let at = 0
    for (const piece of piecesOf(plan, entries, { from: 0, to: plan.totalBytes })) {
      if ('bytes' in piece) writeSync(file, piece.bytes, 0, piece.bytes.length, at)
      else if (piece.entry === entries.length - 1) writeSync(file, strFile('akhi'), 0, 4, at)
      at += 'bytes' in piece ? piece.bytes.length : piece.sizeBytes
    }
    closeSync(file)
    expect(at).toBe(plan.totalBytes)
    return path
  }

  test('files and places beyond 4 GiB are found by their ZIP64 fields', () => {
    const plan = planArchive(large, AT)
    const path = sparseArchive(large, plan)
    expect(plan.offsets[3]).toBeGreaterThan(0xffffffff)
    if (UNZIP) expect(spawnSync('unzip', ['-p', path, 'last.txt']).stdout.toString()).toBe('akhi')
    if (PYTHON) expect(placesByPython(path)).toEqual(placesIn(large, plan))
  })

  test('a size that is itself the sign for ZIP64 is told there', () => {
    const edges = [0xffffffff, 0xfffffffe, 4].map((sizeBytes, i) => ({ name: `${i}.bin`, sizeBytes, crc32: 0 }))
    const plan = planArchive(edges, AT)
    expect([plan.header(0).length, plan.header(1).length]).toEqual([30 + 5 + 20, 30 + 5])
    // Info-ZIP itself mistakes a file of exactly this size for the sign.
    if (PYTHON) expect(placesByPython(sparseArchive(edges, plan))).toEqual(placesIn(edges, plan))
  })

  const placesIn = (entries: ZipEntry[], plan: ArchivePlan) =>
    entries.map(({ name, sizeBytes }, i) => [name, sizeBytes, plan.offsets[i]])
  const placesByPython = (path: string) =>
    readByPython(path, { isTested: false }).entries.map(([name, size, , offset]) => [name, size, offset])

  test('a part far behind 4 GiB is told where to begin in its file', () => {
    const plan = planArchive(large, AT)
    const from = plan.offsets[1]! + plan.header(1).length + 1_000
    expect([...piecesOf(plan, large, { from, to: from + 500 })]).toEqual([{ entry: 1, offset: 1_000, sizeBytes: 500 }])
  })
})

function strFile(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
