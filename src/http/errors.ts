import type { ContentfulStatusCode } from 'hono/utils/http-status'

type Meaning = { status: ContentfulStatusCode; en: string; id: string }

/** Every error code a client can meet, with its status and its sentence in English and Indonesian. */
export const ERRORS = {
  INVALID_JSON: { status: 400, en: 'The body is not valid JSON.', id: 'Isi permintaan bukan JSON yang benar.' },
  UNREADABLE_NOTICE: { status: 400, en: 'This notice cannot be read.', id: 'Pemberitahuan ini tidak dapat dibaca.' },
  INVALID_HEADER: { status: 400, en: 'A header is missing or wrong.', id: 'Sebuah header tidak ada atau salah.' },
  UNAUTHENTICATED: { status: 401, en: 'Please sign in.', id: 'Silakan masuk terlebih dahulu.' },
  WRONG_CREDENTIALS: { status: 401, en: 'E-mail or password is wrong.', id: 'Email atau kata sandi salah.' },
  INSUFFICIENT_CREDITS: { status: 402, en: 'Not enough credits.', id: 'Kredit tidak cukup.' },
  FORBIDDEN: { status: 403, en: 'You may not do this.', id: 'Anda tidak boleh melakukan ini.' },
  PREMIUM_POSE: {
    status: 403,
    en: 'Some of these poses belong to paid plans.',
    id: 'Beberapa pose ini hanya untuk paket berbayar.',
  },
  OTHER_ADMIN_NEEDED: { status: 403, en: 'Another admin must do this.', id: 'Admin lain harus melakukan ini.' },
  NOT_FOUND: { status: 404, en: 'Not found.', id: 'Tidak ditemukan.' },
  CONFLICT: { status: 409, en: 'That is not possible right now.', id: 'Hal itu tidak dapat dilakukan saat ini.' },
  QUOTE_USED: { status: 409, en: 'This quote was used already.', id: 'Penawaran ini sudah dipakai.' },
  QUOTE_EXPIRED: {
    status: 409,
    en: 'This quote has expired. Ask for a new one.',
    id: 'Penawaran ini sudah kedaluwarsa. Mintalah yang baru.',
  },
  EXCEEDS_AVAILABLE: {
    status: 409,
    en: 'This is more than the user has available.',
    id: 'Ini melebihi kredit pengguna yang tersedia.',
  },
  EXCEEDS_CHARGE: {
    status: 409,
    en: 'This is more than is left of the charge.',
    id: 'Ini melebihi sisa biaya yang dikenakan.',
  },
  ALREADY_DECIDED: { status: 409, en: 'This was decided already.', id: 'Hal ini sudah diputuskan.' },
  STORAGE_FULL: {
    status: 409,
    en: 'Your storage for uploads is full. Delete uploads that you no longer need.',
    id: 'Penyimpanan unggahan Anda penuh. Hapus unggahan yang tidak Anda perlukan lagi.',
  },
  POSE_TOO_NEAR: {
    status: 409,
    en: 'There is a pose already that is nearly the same.',
    id: 'Sudah ada pose yang hampir sama.',
  },
  EMAIL_TAKEN: { status: 409, en: 'This e-mail has an account already.', id: 'Email ini sudah memiliki akun.' },
  TOO_LARGE: { status: 413, en: 'The body is too large.', id: 'Isi permintaan terlalu besar.' },
  UNSUPPORTED_TYPE: { status: 415, en: 'This content type is not accepted.', id: 'Jenis konten ini tidak diterima.' },
  RANGE_NOT_SATISFIABLE: { status: 416, en: 'It is shorter than that.', id: 'Ukurannya lebih kecil dari itu.' },
  VALIDATION_FAILED: { status: 422, en: 'Some fields are not valid.', id: 'Beberapa isian tidak benar.' },
  PROMPT_REJECTED: {
    status: 422,
    en: 'These words cannot be used for a picture. Please describe it differently.',
    id: 'Kata-kata ini tidak dapat dipakai untuk gambar. Silakan tulis dengan cara lain.',
  },
  INVALID_IMAGE: { status: 422, en: 'This picture cannot be used.', id: 'Gambar ini tidak dapat dipakai.' },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    en: 'This Idempotency-Key was used for another request.',
    id: 'Idempotency-Key ini sudah dipakai untuk permintaan lain.',
  },
  RATE_LIMITED: {
    status: 429,
    en: 'Too many requests. Try again later.',
    id: 'Terlalu banyak permintaan. Coba lagi nanti.',
  },
  QUOTA_EXCEEDED: { status: 429, en: "Today's quota does not cover this.", id: 'Kuota hari ini tidak mencukupi.' },
  INTERNAL: { status: 500, en: 'Something went wrong on our side.', id: 'Terjadi kesalahan di pihak kami.' },
  GATEWAY_REFUSED: {
    status: 502,
    en: 'The payment gateway did not accept this order. Please order anew.',
    id: 'Gerbang pembayaran menolak pesanan ini. Silakan buat pesanan baru.',
  },
  UNAVAILABLE: {
    status: 503,
    en: 'Not available right now. Please retry.',
    id: 'Sedang tidak tersedia. Silakan coba lagi.',
  },
} as const satisfies Record<string, Meaning>

export type ErrorCode = keyof typeof ERRORS
export type Language = 'id' | 'en'

/** An answer that is not a success. Thrown only above the objects; `details` goes to the client as it is. */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    readonly code: ErrorCode,
    readonly details?: Record<string, unknown>,
    readonly retryAfterSeconds?: number,
  ) {
    super(code)
  }
}

/** `throw fail('NOT_FOUND')`. */
export const fail = (code: ErrorCode, details?: Record<string, unknown>, retryAfterSeconds?: number): ApiError =>
  new ApiError(code, details, retryAfterSeconds)

/** A 422 that names one field and its rule, for checks that a schema alone cannot make. */
export const invalidField = (field: string, rule: string): ApiError =>
  fail('VALIDATION_FAILED', { issues: [{ field, rule }] })

/** The caller's language: `id` unless Accept-Language ranks English first (RFC 9110 section 12.5.4). */
export function languageOf(acceptLanguage: string | undefined): Language {
  const ranked = (acceptLanguage ?? '')
    .slice(0, 200)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((p) => p.trim()).find((p) => p.startsWith('q='))
      return { language: tag.slice(0, 2), quality: quality ? Number(quality.slice(2)) || 0 : 1 }
    })
    .filter(({ language, quality }) => (language === 'id' || language === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return ranked[0]?.language === 'en' ? 'en' : 'id'
}

export type ErrorBody = {
  error: {
    code: ErrorCode
    message: string
    statusCode: number
    requestId: string
    timestamp: string
    details?: Record<string, unknown>
  }
}

/** The one error shape of the contract. */
export function errorBody(error: ApiError, language: Language, requestId: string, now: number): ErrorBody {
  const meaning = ERRORS[error.code]
  return {
    error: {
      code: error.code,
      message: meaning[language],
      statusCode: meaning.status,
      requestId,
      timestamp: new Date(now).toISOString(),
      ...(error.details && { details: error.details }),
    },
  }
}
