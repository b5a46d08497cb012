// The picture of a fake provider that answers a request with it, and what a fault makes of picture and answer.
import { Buffer } from 'node:buffer'
import { blackPicture, drawFake, fakePixels, toJpeg } from './fake-picture.mjs'

/** Base64 of what the model made of `asked` (drawFake); `isJpeg` for models that answer so. Throws like drawFake. */
export async function pictureBase64(asked, fault, { isJpeg = false } = {}) {
  return Buffer.from(await pictureBytes(asked, fault, isJpeg)).toString('base64')
}

async function pictureBytes(asked, fault, isJpeg) {
  if (fault?.next === 'black') return blackPicture(asked.width, asked.height)
  if (fault?.next === 'no-picture') return new Uint8Array(4_000).fill(7)
  const sized = fault?.next === 'wrong-size' ? { ...asked, width: asked.width + 16 } : asked
  if (!isJpeg) return drawFake(sized)
  const { rgba, width, height } = fakePixels(sized)
  return toJpeg(rgba, width, height)
}

/** Faults after which nobody has a picture. */
const SPOILT = ['html', 'truncated', 'no-picture', 'lost-answer']

/** The answer as the fault leaves it; counted by `plan` as delivered when it is whole. */
export function answered(plan, fault, json) {
  if (!SPOILT.includes(fault?.next)) plan.delivered()
  if (fault?.next === 'html') return { status: 200, text: '<html>welcome</html>' }
  return { status: 200, json, cut: fault?.next === 'truncated' }
}

/** The bytes of a PNG in base64; null for anything else. */
export function pngOf(base64) {
  if (!/^[A-Za-z0-9+/]+=*$/.test(base64 ?? '')) return null
  const bytes = Buffer.from(base64, 'base64')
  return bytes.subarray(1, 4).toString('latin1') === 'PNG' ? bytes : null
}
