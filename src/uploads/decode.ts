import { MAX_UPLOAD_BYTES } from '../kernel/limits'
import { ImageError } from '../render/image/image-error'
import type { ImageKernel } from '../render/image/kernel'
import type { DecodedImage } from '../render/image/png-decode'
import { type DecoderModules, decodeWith } from './codecs'
import { applyColorNote } from './color-note'
import { type ImageHeader, readHeader } from './header'
import { MAX_UPLOAD_PIXELS, MAX_UPLOAD_SIDE } from './limits'
import { applyOrientation } from './orientation'
import { type Refusal, refuse, refuseFor } from './refusal'
import { declaredUploadType, sniffType, type UploadType } from './sniff'

export type DecodedUpload = {
  ok: true
  type: UploadType
  /** True: from another colour space; false: it has one that is not understood; null: it was sRGB already. */
  colorConverted: boolean | null
} & DecodedImage

/** What decoding needs: one kernel (see createImageKernel) and the compiled JPEG and WebP decoders. */
export type UploadDecoders = { kernel: ImageKernel; modules: DecoderModules }

/**
 * An uploaded file -> upright RGBA pixels, or why not. `declaredType` is the Content-Type of the upload, if it had one. Bytes
 * are never trusted and never make this throw: size, kind, header and limits are checked before a pixel is decoded. Only the
 * pixels leave, in sRGB, so re-encoding them (`kernel.encodePng`) drops EXIF, profiles and whatever else was in the file.
 */
export async function decodeUpload(
  { kernel, modules }: UploadDecoders,
  bytes: Uint8Array,
  declaredType?: string,
): Promise<DecodedUpload | Refusal> {
  if (bytes.length > MAX_UPLOAD_BYTES) return refuse('upload_too_large')
  const type = sniffType(bytes)
  if (!type) return refuse('not_an_image')
  const declared = declaredUploadType(declaredType)
  if (declared !== undefined && declared !== type) return refuse('type_mismatch')
  try {
    const header = readHeader(bytes, type)
    if (header.animated) return refuse('animated_image')
    if (exceedsLimits(header)) return refuse('image_too_large')
    const stored = type === 'png' ? kernel.decodePng(bytes) : await decodeWith(modules, type, bytes)
    if (stored.width !== header.width || stored.height !== header.height) {
      throw new ImageError('corrupt', 'the decoded picture has another size than its header says')
    }
    const colorConverted = applyColorNote(stored.rgba, header.colors)
    return { ok: true, type, colorConverted, ...applyOrientation(stored, header.orientation) }
  } catch (error) {
    return refuseFor(error)
  }
}

const exceedsLimits = ({ width, height }: ImageHeader): boolean =>
  width > MAX_UPLOAD_SIDE || height > MAX_UPLOAD_SIDE || width * height > MAX_UPLOAD_PIXELS
