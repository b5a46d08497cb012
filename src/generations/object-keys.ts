/** Everything of one generation. */
export const jobPrefix = (userId: string, jobId: string): string => `u/${userId}/${jobId}/`

/** Where a picture lives in R2: made from (job, variationKey), so that a second try finds what the first has put. */
export const masterKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}.png`

export const thumbnailKey = (userId: string, jobId: string, variationKey: string): string =>
  `${jobPrefix(userId, jobId)}${variationKey}_thumb.jpg`
