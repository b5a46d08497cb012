/** Everything of one generation. */
export const jobPrefix = (userId: string, jobId: string): string => `u/${userId}/${jobId}/`

/**
 * Where a picture lives in R2: made from (job, variationKey), so that a second try finds what the first has put. Without
 * an extension: providers answer PNG, JPEG or WebP, and the type is kept with the object.
 */
export const masterKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_master`

export const thumbnailKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_thumb.jpg`
