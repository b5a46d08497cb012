// Pixels of the pictures that sellers download, and the hashes by which they are told from each other.
import { createHash } from 'node:crypto'
import { readPng } from '../../test/providers/servers/fake-picture.mjs'
import { decodeJpeg } from '../shoot/jpeg.mjs'

/** Hex SHA-256 of a text or of bytes. */
export const sha256 = (data) => createHash('sha256').update(data).digest('hex')

/** Straight RGBA `{ rgba, width, height }` of PNG or JPEG bytes; throws for anything else. */
export async function readPixels(bytes) {
  return bytes.readUInt16BE(0) === 0xffd8 ? decodeJpeg(bytes) : readPng(bytes)
}

/** Hex SHA-256 of a control map's pixels. */
export const pixelsSha256 = ({ rgba }) => sha256(rgba)

/** What stands in a fake picture for the one reference that it was made from. */
export const referenceSha256 = ({ rgba }) => sha256(Buffer.from(sha256(rgba), 'hex'))
