// How near the files are to what they should show, ours and sharp's, each against a perfect file of its own resizer.
import { readFileSync } from 'node:fs'
import sharp from 'sharp'
import '../sources.mjs'
import { psnr, resizeExactly } from './exact.mjs'
import { codeNative, pixelsOf, resizeNative } from './native.mjs'

const module = new WebAssembly.Module(readFileSync(new URL('../../src/render/image.wasm', import.meta.url)))

/**
 * For each format, in dB: our resized pixels to exact arithmetic; sharp's pixels to exact arithmetic; our file to exact
 * arithmetic; sharp's file to sharp's own pixels. And the bytes of both files, ours with and without its marks.
 *
 * sharp enlarges by Catmull-Rom shifted by half an output pixel, so its files are no measure of ours: a correct resizer is
 * only 30 to 40 dB near them (libvips issue 517, sharp issue 4061). The exact arithmetic is shifted alike for its column:
 * that it is then near sharp's pixels shows that it is exact.
 */
export async function measureQuality(pixels, decoded, formats, { fileOf, onStep }) {
  const { createImageKernel } = await import('../../src/render/image/kernel.ts')
  const { framePicture } = await import('../../src/exports/framing.ts')
  const kernel = createImageKernel(module)
  const rows = []
  for (const format of formats) {
    onStep(format.id)
    const { widthPx: width, heightPx: height } = format
    const { rect } = framePicture(pixels, [], { width, height })
    const exact = resizeExactly(pixels, rect, width, height)
    const resized = rgbOf(kernel.resize(pixels.rgba, pixels.width, pixels.height, rect, width, height))
    const native = await resizeNative(decoded, format)
    const exactAsNative = resizeExactly(pixels, nativeRect(pixels, width, height), width, height)
    const [ours, theirs] = [await fileOf(format.id), await codeNative(decoded, format)]
    rows.push({
      ...{ format, resizeDb: psnr(resized, exact), nativeResizeDb: psnr(native, exactAsNative) },
      ...{ db: psnr(await pixelsOf(ours), exact), nativeDb: psnr(await pixelsOf(theirs), native) },
      ...{ bytes: ours.length, markBytes: await markBytesOf(ours), nativeBytes: theirs.length },
    })
  }
  return rows
}

/** What sharp's `cover` shows: cut at a whole output pixel, and half of one before it when it enlarges. */
function nativeRect(picture, width, height) {
  const scale = Math.max(width / picture.width, height / picture.height)
  const from = (side, out) => (Math.ceil((side * scale - out) / 2) - (scale > 1 ? 0.5 : 0)) / scale
  const [x, y] = [from(picture.width, width), from(picture.height, height)]
  return { x, y, width: width / scale, height: height / scale }
}

/** XMP, IPTC and the colour profile: sharp's files have none of them. */
async function markBytesOf(bytes) {
  const { xmp, iptc, icc } = await sharp(bytes).metadata()
  return [xmp, iptc, icc].reduce((sum, part) => sum + (part?.length ?? 0), 0)
}

function rgbOf(rgba) {
  const out = new Uint8Array((rgba.length / 4) * 3)
  for (let i = 0, at = 0; i < rgba.length; i += 4, at += 3) {
    out[at] = rgba[i]
    out[at + 1] = rgba[i + 1]
    out[at + 2] = rgba[i + 2]
  }
  return out
}
