/**
 * Why a picture was refused:
 * - `corrupt`: the bytes break their format (truncated, bad checksum, header and data disagree)
 * - `unsupported`: a correct file of a kind that is not read here
 * - `too_large`: beyond limits.ts
 * - `invalid`: an argument that makes no sense (negative size, rectangle outside of the picture)
 */
export type ImageErrorCode = 'corrupt' | 'unsupported' | 'too_large' | 'invalid'

export class ImageError extends Error {
  override name = 'ImageError'
  readonly code: ImageErrorCode

  constructor(code: ImageErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
