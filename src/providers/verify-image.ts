import { readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import { type GenImage, type GenSpec, ProviderError } from './contract'

const MIN_BYTES = 1_000
const MAX_BYTES = 25 * 1024 * 1024

/** A provider's word is not enough: the bytes must be a picture of the size that was asked for. Throws BAD_OUTPUT. */
export function verifyImage(image: GenImage, spec: GenSpec): void {
  const { bytes } = image
  if (bytes.byteLength < MIN_BYTES || bytes.byteLength > MAX_BYTES) throw bad(`${bytes.byteLength} bytes`)
  const type = sniffType(bytes)
  if (!type || `image/${type}` !== image.mime) throw bad('not the declared type')
  const header = readHeaderOrRefuse(bytes, type)
  if (header.width !== spec.width || header.height !== spec.height) throw bad(`${header.width}x${header.height}`)
}

function readHeaderOrRefuse(bytes: Uint8Array, type: Parameters<typeof readHeader>[1]) {
  try {
    return readHeader(bytes, type)
  } catch {
    throw bad('unreadable header')
  }
}

const bad = (detail: string): ProviderError => new ProviderError('BAD_OUTPUT', detail)
