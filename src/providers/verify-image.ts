import { createImageKernel } from '../render/image/kernel'
import { modules } from '../render/modules'
import { decodeWith } from '../uploads/codecs'
import { readHeader } from '../uploads/header'
import { sniffType, type UploadType } from '../uploads/sniff'
import { type GenImage, type Pixels, ProviderError } from './contract'
import { MAX_PICTURE_BYTES } from './http'

const MIN_BYTES = 1_000
/** Pictures that are a little off the asked shape are resized; further off, they are another picture. */
const MAX_SHAPE_DIFFERENCE = 0.02
/** Larger ones are not decoded: a few kilobytes may say that they are 64 MB of pixels, and four messages come at once. */
const MAX_PIXELS = 2_048 * 2_048

export type VerifiedImage = GenImage & { pixels: Pixels }
type Size = { width: number; height: number }

/**
 * A provider's word is not enough: the bytes must be a whole picture that can be decoded, of the asked size (another size
 * of the same shape is resized and marked), still, and not one colour all over. Throws ProviderError BAD_OUTPUT.
 */
export async function verifyImage(image: GenImage, asked: Size): Promise<VerifiedImage> {
  const { bytes } = image
  if (bytes.byteLength < MIN_BYTES || bytes.byteLength > MAX_PICTURE_BYTES) throw bad(`${bytes.byteLength} bytes`)
  const type = sniffType(bytes)
  if (!type || `image/${type}` !== image.mime) throw bad('not the declared type')
  if (type === 'jpeg' && !endsWhole(bytes)) throw bad('a cut JPEG')
  const pixels = image.pixels ?? (await decode(bytes, type, asked))
  if (isUniform(pixels)) throw bad('one colour all over')
  if (pixels.width === asked.width && pixels.height === asked.height)
    return { ...image, width: pixels.width, height: pixels.height, pixels }
  return resized(image, pixels, asked)
}

async function decode(bytes: Uint8Array, type: UploadType, asked: Size): Promise<Pixels> {
  try {
    const { width, height, animated } = readHeader(bytes, type)
    if (width * height > MAX_PIXELS || !isSameShape({ width, height }, asked)) throw bad(`${width}x${height}`)
    // Only the first picture would be looked at; the others are seen all the same.
    if (animated) throw bad('an animation')
    if (type === 'png') return createImageKernel(modules.image).decodePng(bytes)
    return await decodeWith({ jpeg: modules.jpegDecoder, webp: modules.webpDecoder }, type, bytes)
  } catch (error) {
    throw error instanceof ProviderError ? error : bad('undecodable')
  }
}

/** JPEG decoders fill what is missing with grey: a whole file ends with EOI (ITU-T T.81 B.1.1.3), padding aside. */
function endsWhole(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(0, bytes.length - 64); at--)
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true
  return false
}

const isSameShape = (a: Size, b: Size): boolean =>
  Math.abs(a.width / a.height / (b.width / b.height) - 1) <= MAX_SHAPE_DIFFERENCE

function resized(image: GenImage, pixels: Pixels, { width, height }: Size): VerifiedImage {
  if (!isSameShape(pixels, { width, height })) throw bad(`${pixels.width}x${pixels.height}`)
  const kernel = createImageKernel(modules.image)
  const whole = { x: 0, y: 0, width: pixels.width, height: pixels.height }
  const rgba = kernel.resize(asBytes(pixels), pixels.width, pixels.height, whole, width, height)
  return {
    ...image,
    ...{ bytes: kernel.encodePng(rgba, width, height), mime: 'image/png', width, height },
    pixels: { rgba, width, height },
    // Of the other size; whoever needs one has it made.
    mask: undefined,
    keypoints: image.keypoints && scaled(image.keypoints, width / pixels.width, height / pixels.height),
    degraded: [...image.degraded, 'resized'],
  }
}

const scaled = (people: number[][], x: number, y: number): number[][] =>
  people.map((person) => person.map((value, i) => (i % 3 === 0 ? value * x : i % 3 === 1 ? value * y : value)))

const asBytes = ({ rgba }: Pixels): Uint8Array<ArrayBuffer> =>
  new Uint8Array(rgba.buffer as ArrayBuffer, rgba.byteOffset, rgba.byteLength)

/** Every pixel like the first, but for what lossy coding adds. Black is left to moderation, which knows what it means. */
const SAME = 3

function isUniform({ rgba }: Pixels): boolean {
  const [r = 0, g = 0, b = 0] = rgba
  if (Math.max(r, g, b) <= SAME) return false
  const far = (value: number | undefined, first: number) => Math.abs((value ?? 0) - first) > SAME
  for (let at = 0; at < rgba.length; at += 4)
    if (far(rgba[at], r) || far(rgba[at + 1], g) || far(rgba[at + 2], b)) return false
  return true
}

const bad = (detail: string): ProviderError => new ProviderError('BAD_OUTPUT', detail)
