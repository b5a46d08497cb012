/** Where an upload's bytes are in R2. The id is the row's key, so that a key alone tells which row must be there. */
export const uploadKey = (userId: string, uploadId: string): string => `u/${userId}/uploads/${uploadId}.png`
