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
  const pumped = pump(ctx, entries, [...piecesOf(plan, entries, span)], writable).catch(async (error) => {
    await writable.abort(error).catch(() => {})
    // Whoever stopped reading is nobody's fault; a file that is gone is to be made again.
    ctx.log('info', 'archive_cut_off', { error: describeError(error) })
    if (error instanceof LostFileError) await onLost(error.objectKey)
  })
  ctx.later(pumped)
  return readable
}

type Body = Promise<ReadableStream>

async function pump(ctx: Ctx, entries: ArchiveEntry[], pieces: Piece[], writable: WritableStream): Promise<void> {
  let ahead: Body | null = null
  /** Where the next body to be asked for is looked for. */
  let next = 0
  const askAhead = (): Body | null => {
    while (next < pieces.length) {
      const body = bodyOf(ctx, entries, pieces[next++]!)
      if (body) return body
    }
    return null
  }
  try {
    ahead = askAhead()
    for (const piece of pieces) {
      const bytes = bytesOf(entries, piece)
      if (bytes) {
        await write(writable, bytes)
        continue
      }
      const body: ReadableStream = await ahead!
      ahead = askAhead()
      await body.pipeTo(writable, { preventClose: true })
    }
    await writable.close()
  } finally {
    if (ahead) await ahead.then((body) => body.cancel()).catch(() => {})
  }
}

function bytesOf(entries: ArchiveEntry[], piece: Piece): Uint8Array<ArrayBuffer> | null {
  if ('bytes' in piece) return piece.bytes
  const entry = entries[piece.entry]!
  return 'bytes' in entry ? entry.bytes.subarray(piece.offset, piece.offset + piece.sizeBytes) : null
}

/** Asks R2 for a piece; null for one that needs nothing from there. */
function bodyOf({ env }: Ctx, entries: ArchiveEntry[], piece: Piece): Body | null {
  if ('bytes' in piece) return null
  const entry = entries[piece.entry]!
  if ('bytes' in entry) return null
  const { offset, sizeBytes: length } = piece
  const isWhole = length === entry.sizeBytes
  const body = env.MEDIA.get(entry.objectKey, isWhole ? {} : { range: { offset, length } }).then(async (object) => {
    if (object && object.size === entry.sizeBytes) return object.body
    await object?.body.cancel()
    throw new LostFileError(entry.objectKey)
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
