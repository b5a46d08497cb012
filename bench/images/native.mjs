// The same files by a native server: sharp on one core, one after the other, from pixels decoded once.
import sharp from 'sharp'

sharp.cache(false)
sharp.concurrency(1)

export const decodeNative = async (bytes) => {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, raw: { width: info.width, height: info.height, channels: info.channels } }
}

const sized = ({ data, raw }, { widthPx, heightPx }) =>
  sharp(data, { raw }).resize(widthPx, heightPx, { fit: 'cover', kernel: 'lanczos3' })

/** The file of a format at its quality, without marks and profiles; sharp's own defaults otherwise. */
export function codeNative(decoded, format) {
  const picture = sized(decoded, format)
  if (format.type === 'image/png') return picture.png().toBuffer()
  if (format.type === 'image/webp') return picture.webp({ quality: format.quality }).toBuffer()
  return picture.jpeg({ quality: format.quality, chromaSubsampling: format.subsampling }).toBuffer()
}

/** Pixels of a format before they are coded: RGB. */
export const resizeNative = (decoded, format) => sized(decoded, format).raw().toBuffer()

/** Pixels of a file: RGB. */
export const pixelsOf = (bytes) => sharp(bytes, { failOn: 'warning' }).removeAlpha().raw().toBuffer()

/** All of `formats`, decoding included; the original is the file itself. */
export async function codeAllNative(bytes, formats) {
  const decoded = await decodeNative(bytes)
  let total = 0
  for (const format of formats) total += format.widthPx ? (await codeNative(decoded, format)).length : bytes.length
  return total
}

export const pngOf = (rgba, side) =>
  sharp(rgba, { raw: { width: side, height: side, channels: 4 } })
    .removeAlpha()
    .png()
    .toBuffer()
