import { ImageError } from '../render/image/image-error'

export type RefusalCode =
  | 'upload_too_large'
  | 'not_an_image'
  | 'type_mismatch'
  | 'animated_image'
  | 'image_too_large'
  | 'image_corrupt'
  | 'image_unsupported'

/** Why an upload was not taken, ready for the answer; `message` in English and Indonesian. */
export type Refusal = { ok: false; status: 413 | 415 | 422; code: RefusalCode; message: { en: string; id: string } }

const REFUSALS: Record<RefusalCode, { status: Refusal['status']; en: string; id: string }> = {
  upload_too_large: {
    status: 413,
    en: 'The file is larger than 10 MB.',
    id: 'Ukuran berkas lebih dari 10 MB.',
  },
  not_an_image: {
    status: 415,
    en: 'Only PNG, JPEG and WebP pictures can be uploaded.',
    id: 'Hanya gambar PNG, JPEG, dan WebP yang dapat diunggah.',
  },
  type_mismatch: {
    status: 415,
    en: 'The file is not of the type it was sent as.',
    id: 'Isi berkas tidak sesuai dengan jenis yang dinyatakan.',
  },
  animated_image: {
    status: 415,
    en: 'Animated pictures cannot be used. Please upload a still picture.',
    id: 'Gambar bergerak tidak dapat dipakai. Silakan unggah gambar diam.',
  },
  image_too_large: {
    status: 422,
    en: 'The picture may have at most 8 megapixels and 4096 pixels a side.',
    id: 'Gambar paling besar 8 megapiksel dan 4096 piksel per sisi.',
  },
  image_corrupt: {
    status: 422,
    en: 'The picture is damaged or incomplete and cannot be read.',
    id: 'Gambar rusak atau tidak lengkap sehingga tidak dapat dibaca.',
  },
  image_unsupported: {
    status: 422,
    en: 'This kind of picture cannot be read. Please save it as a plain RGB JPEG or PNG.',
    id: 'Jenis gambar ini tidak dapat dibaca. Silakan simpan sebagai JPEG atau PNG RGB biasa.',
  },
}

export function refuse(code: RefusalCode): Refusal {
  const { status, en, id } = REFUSALS[code]
  return { ok: false, status, code, message: { en, id } }
}

/** The refusal for what a reader or decoder threw about the uploaded bytes; rethrows what is a fault of our own. */
export function refuseFor(error: unknown): Refusal {
  if (!(error instanceof ImageError) || error.code === 'invalid') throw error
  if (error.code === 'too_large') return refuse('image_too_large')
  return refuse(error.code === 'corrupt' ? 'image_corrupt' : 'image_unsupported')
}
