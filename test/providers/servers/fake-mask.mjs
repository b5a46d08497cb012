// Masks of the fake matting services: a rectangle of a picture is the person. It shares no code with the product.
import { readPng, toPng } from './fake-picture.mjs'

/** The person's rectangle, in shares of the sides. */
const PERSON = { left: 0.3, right: 0.7, top: 0.2, bottom: 0.95 }

/** PNG bytes; grey, or (`isCutOut`) green with alpha. `isPerson` says of a place (shares of the sides) who is there. */
export function maskPng(width, height, { isCutOut = false, isPerson = isInside } = {}) {
  const rgba = Buffer.alloc(width * height * 4)
  for (let at = 0; at < rgba.length; at += 4) {
    const [x, y] = [((at >> 2) % width) / width, Math.floor((at >> 2) / width) / height]
    const value = isPerson(x, y) ? 255 : 0
    rgba.set(isCutOut ? [0, 200, 0, value] : [value, value, value, 255], at)
  }
  return toPng({ rgba, width, height })
}

const isInside = (x, y) => x >= PERSON.left && x < PERSON.right && y >= PERSON.top && y < PERSON.bottom

/** The mask of a picture (PNG bytes), or what a fault of DAMAGES leaves of it. */
export function maskOf(png, fault) {
  const { width, height } = readPng(png)
  if (fault?.next === 'wrong-size') return maskPng(width, height / 2)
  const mask = maskPng(width, height)
  return fault?.next === 'half-picture' ? mask.subarray(0, mask.length / 2) : mask
}
