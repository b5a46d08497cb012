/** Everything of one generation. */
export const jobPrefix = (userId: string, jobId: string): string => `u/${userId}/${jobId}/`

/**
 * Where a picture lives in R2: made from (job, variationKey), so that a second try finds what the first has put. Without
 * an extension: providers answer PNG, JPEG or WebP, and the type is kept with the object.
 */
export const masterKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_master`

/** What covers what in the picture, as a PNG (backgrounds/compose/mask-file.ts). */
export const maskKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_mask.png`

export const thumbnailKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_thumb.jpg`

/** A picture with another background: beside its master, so that both go when the generation goes. */
export const backgroundKey = (masterKey: string, wishHash: string): string =>
  `${stemOf(masterKey)}_bg_${wishHash.slice(0, HASH_CHARACTERS)}`

export const backgroundThumbnailKey = (masterKey: string, wishHash: string): string =>
  `${backgroundKey(masterKey, wishHash)}_thumb.jpg`

/** The place that was made for such a picture, until the person stands before it. */
export const plateKey = (masterKey: string, wishHash: string): string => `${backgroundKey(masterKey, wishHash)}_plate`

/** A finished file of a picture. */
export const variantKey = (masterKey: string, format: string, recipeHash: string): string =>
  `${stemOf(masterKey)}_x_${format}_${recipeHash.slice(0, HASH_CHARACTERS)}`

/** 128 bits of a SHA-256: nobody meets another's by chance. */
const HASH_CHARACTERS = 32

const stemOf = (masterKey: string): string => masterKey.replace(/_master$/, '')
