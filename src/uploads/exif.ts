const ORIENTATION_TAG = 0x0112
const SHORT = 3

/** 1..8: which way up the picture is meant, EXIF 2.32 section 4.6.4 A; 1 = as stored. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/**
 * Orientation from an EXIF block, which is a TIFF file (TIFF 6.0 section 2) perhaps behind "Exif\0\0". Broken or missing EXIF
 * is no reason to refuse a picture: it means 1.
 */
export function exifOrientation(block: Uint8Array): Orientation {
  const prefixed = String.fromCharCode(...block.subarray(0, 6)) === 'Exif\0\0'
  const tiff = prefixed ? block.subarray(6) : block
  if (tiff.length < 14) return 1
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const order = view.getUint16(0)
  const little = order === 0x4949
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1
  const directory = view.getUint32(4, little)
  if (directory > tiff.length - 2) return 1
  const entries = Math.min(view.getUint16(directory, little), Math.floor((tiff.length - directory - 2) / 12))
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12
    if (view.getUint16(entry, little) !== ORIENTATION_TAG || view.getUint16(entry + 2, little) !== SHORT) continue
    const value = view.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}
