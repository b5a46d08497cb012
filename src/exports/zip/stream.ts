import type { Ctx } from '../../ctx'
import { describeError } from '../../kernel/log'
import { type ArchivePlan, type Piece, piecesOf, type Span } from './plan'
import type { ZipEntry } from './records'

/** An entry's content: bytes that are there, or an object in R2. */
export type ArchiveEntry = ZipEntry & ({ bytes: Uint8Array<ArrayBuffer> } | { objectKey: string })

/** An object is not there any more, or is not what the archive promised. */
export class LostFileError extends Error {
  override name = 'LostFileError'
  constructor(readonly objectKey: string) {
    super(`the file ${objectKey} is gone`)
  }
}

/**
 * These bytes of an archive, as a stream of that length. Bodies go from R2 to the client without passing through
 * JavaScript, and the next one is asked for while one goes. When a file is not there the stream is cut off, so that nobody
 * takes the rest for whole; `onLost` gets its key.
 */
export function streamArchive(
  ctx: Ctx,
  plan: ArchivePlan,
  entries: ArchiveEntry[],
  span: Span,
  onLost: (objectKey: string) => Promise<void>,
): ReadableStream {
  const { readable, writable } = new FixedLengthStream(span.to - span.from)
  const pumped = pump(withBodies(ctx, entries, piecesOf(plan, entries, span)), writable).catch(async (error) => {
    await writable.abort(error).catch(() => {})
    // Whoever stopped reading is nobody's fault; a file that is gone is to be made again.
    ctx.log('info', 'archive_cut_off', { error: describeError(error) })
    if (error instanceof LostFileError) await onLost(error.objectKey)
  })
  ctx.later(pumped)
  return readable
}

/** Bytes, or a body that was asked for when the one before it began. */
type Part = Uint8Array<ArrayBuffer> | Promise<ReadableStream>

async function pump(parts: Generator<Part>, writable: WritableStream): Promise<void> {
  /** Parts up to the next body, which is on its way while the current one is sent. */
  const ahead: Part[] = []
  const lookAhead = () => {
    while (!ahead.some((part) => part instanceof Promise)) {
      const { value, done } = parts.next()
      if (done) return
      ahead.push(value)
    }
  }
  try {
    for (lookAhead(); ahead.length > 0; lookAhead()) {
      const part = ahead.shift()!
      if (part instanceof Uint8Array) {
        await write(writable, part)
        continue
      }
      const body = await part
      lookAhead()
      await body.pipeTo(writable, { preventClose: true })
    }
    await writable.close()
  } finally {
    for (const part of ahead) if (part instanceof Promise) await part.then((body) => body.cancel()).catch(() => {})
  }
}

function* withBodies(ctx: Ctx, entries: ArchiveEntry[], pieces: Generator<Piece>): Generator<Part> {
  for (const piece of pieces) {
    const entry = 'bytes' in piece ? piece : entries[piece.entry]!
    if ('objectKey' in entry && 'entry' in piece) yield bodyOf(ctx, entry, piece)
    else if ('bytes' in piece) yield piece.bytes
    else if ('bytes' in entry) yield entry.bytes.subarray(piece.offset, piece.offset + piece.sizeBytes)
  }
}

function bodyOf(
  { env }: Ctx,
  { objectKey, sizeBytes }: ZipEntry & { objectKey: string },
  { offset, sizeBytes: length }: { offset: number; sizeBytes: number },
): Promise<ReadableStream> {
  const range = length === sizeBytes ? {} : { range: { offset, length } }
  const body = env.MEDIA.get(objectKey, range).then(async (object) => {
    if (object?.size === sizeBytes) return object.body
    await object?.body.cancel()
    throw new LostFileError(objectKey)
  })
  // It may fail while the one before it is still on its way: nobody awaits it yet.
  body.catch(() => {})
  return body
}

async function write(writable: WritableStream, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const writer = writable.getWriter()
  try {
    await writer.write(bytes)
  } finally {
    writer.releaseLock()
  }
}
