import { ascii, chunk, concat, jpeg, phoneJpeg, png, pngWith, riff, riffChunk, webp, wide } from '../support/uploads'

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

/** 40 x 30 by libwebp, lossy, without and with transparency. */
const lossyWebp = fromBase64(
  'UklGRlIAAABXRUJQVlA4IEYAAAAwBACdASooAB4APslMokunpCMhsBqtUPAZCWkAAJly2CR4cS5lVkbaIgAA9x+EpHc/QkKixVA0fQEkidjtVdLn/ydaHkAA',
)
const alphaWebp = fromBase64(
  'UklGRnAAAABXRUJQVlA4WAoAAAAQAAAAJwAAHQAAQUxQSAoAAAABB9C/iAhERP8DVlA4IEAAAADQAwCdASooAB4APulaqE2pJKQiMBqtUSAdCWkAAJl3irGwhXO9gAAA9wkVD0GcdFGAAuKIGawaVHo2cbpaFXAA',
)
/** 40 x 30 by mozjpeg, progressive. */
const progressiveJpeg = fromBase64(
  '/9j/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9lnN+gXz/2wBDARUXFx4aHjshITt8U0ZTfHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHx8fHz/wgARCAAeACgDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAECA//EABQBAQAAAAAAAAAAAAAAAAAAAAD/2gAMAwEAAhADEAAAAdWCoABoy6Qwo//EABgQAQEBAQEAAAAAAAAAAAAAAAAREgEw/9oACAEBAAEFAlXq+sZZR//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQMBAT8BX//EABQRAQAAAAAAAAAAAAAAAAAAACD/2gAIAQIBAT8BX//EABQQAQAAAAAAAAAAAAAAAAAAAED/2gAIAQEABj8CJ//EABoQAQEAAgMAAAAAAAAAAAAAAAARAVEwMWH/2gAIAQEAAT8hqtvRW+Tta9qZh//aAAwDAQACAAMAAAAQggwMEM//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAEDAQE/EF//xAAUEQEAAAAAAAAAAAAAAAAAAAAg/9oACAECAQE/EF//xAAbEAEBAAIDAQAAAAAAAAAAAAABADFBEWGRMP/aAAgBAQABPxARhuPC9u77K5Uq7+XEEG2XQktkmxf/2Q==',
)
const tiff = ascii('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0')

/** What is mutated: every kind, with everything that is read of it. */
const SEEDS = [
  ...[
    png,
    wide(12),
    pngWith(chunk('eXIf', tiff), chunk('tEXt', ascii('Comment\0teh')), chunk('pHYs', new Uint8Array(9))),
  ],
  ...[jpeg, phoneJpeg('GPS'), progressiveJpeg],
  ...[
    webp,
    lossyWebp,
    alphaWebp,
    riff(webp.subarray(12), riffChunk('EXIF', tiff), riffChunk('ICCP', new Uint8Array(200))),
  ],
]

/** Whole numbers below `limit`, the same for the same seed (Mulberry32). */
function randomFrom(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}
type Random = ReturnType<typeof randomFrom>
type Bytes = Uint8Array<ArrayBuffer>

/** `count` files that were pictures once; the same for the same seed. */
export function* mutants(count: number, seed: number): Generator<Bytes> {
  const random = randomFrom(seed)
  for (let i = 0; i < count; i++) {
    let file: Bytes = SEEDS[i % SEEDS.length]!.slice()
    const changes = 1 + random(3)
    for (let change = 0; change < changes; change++) file = MUTATIONS[random(MUTATIONS.length)]!(file, random)
    // Half of the damaged PNGs get right checksums, or nothing behind the first check would ever be reached.
    yield random(2) === 0 ? withChecksums(file) : file
  }
}

const MUTATIONS: ((file: Bytes, random: Random) => Bytes)[] = [
  function flipBits(file, random) {
    const changed = file.slice()
    for (let flips = 1 + random(8); flips > 0; flips--) {
      const at = random(file.length)
      changed[at] = (changed[at] ?? 0) ^ (1 << random(8))
    }
    return changed
  },
  function cutOff(file, random) {
    return file.slice(0, random(file.length + 1))
  },
  function splice(file, random) {
    const other = SEEDS[random(SEEDS.length)]!
    const [at, from] = [random(file.length + 1), random(other.length)]
    return concat(file.subarray(0, at), other.subarray(from, from + random(80)), file.subarray(at + random(20)))
  },
  function repeat(file, random) {
    const at = random(file.length + 1)
    const piece = file.subarray(at, at + 1 + random(60))
    return concat(file.subarray(0, at), ...Array<Bytes>(1 + random(40)).fill(piece.slice()), file.subarray(at))
  },
  function extremes(file, random) {
    const changed = file.slice()
    const at = random(file.length + 1)
    return changed.fill([0, 0xff, 0x7f, 0x80][random(4)]!, at, at + 1 + random(4))
  },
  function swapPieces(file, random) {
    const pieces = piecesOf(file)
    const [a, b] = [random(pieces.length), random(pieces.length)]
    const swapped = [...pieces]
    ;[swapped[a], swapped[b]] = [pieces[b]!, pieces[a]!]
    return concat(...swapped)
  },
  function dropPiece(file, random) {
    const pieces = piecesOf(file)
    return concat(...pieces.toSpliced(random(pieces.length), 1))
  },
]

/** PNG chunks, JPEG segments or RIFF chunks, as far as they can be told apart; what comes before the first is one too. */
function piecesOf(file: Bytes): Bytes[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const isPng = file[0] === 0x89
  const isRiff = file[0] === 0x52
  const pieces = [file.slice(0, isPng ? 8 : isRiff ? 12 : 2)]
  for (let at = pieces[0]!.length; at < file.length; ) {
    const left = file.length - at
    const told =
      left < 8
        ? left
        : isPng
          ? 12 + view.getUint32(at)
          : isRiff
            ? 8 + view.getUint32(at + 4, true)
            : 2 + view.getUint16(at + 2)
    // A JPEG's scan has no length: it goes on to the end.
    const isScan = !isPng && !isRiff && file[at + 1] === 0xda
    const length = isScan ? left : Math.min(left, Math.max(told, 1))
    pieces.push(file.slice(at, at + length))
    at += length
  }
  return pieces
}

function withChecksums(file: Bytes): Bytes {
  if (file[0] !== 0x89) return file
  const [signature, ...pieces] = piecesOf(file)
  const mended = pieces.map((piece) =>
    piece.length < 12 ? piece : chunk(String.fromCharCode(...piece.subarray(4, 8)), piece.subarray(8, -4)),
  )
  return concat(signature!, ...mended)
}
