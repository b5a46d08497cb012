/** Everything of one avatar in R2: its picture and its thumbnail. */
const avatarPrefix = (userId: string, avatarId: string): string => `u/${userId}/${avatarId}/`

/** Without an extension: it may be what a provider sent, and the type is kept with the object. */
export const avatarPictureKey = (userId: string, avatarId: string): string => `${avatarPrefix(userId, avatarId)}picture`

export const avatarThumbnailKey = (userId: string, avatarId: string): string =>
  `${avatarPrefix(userId, avatarId)}thumb.jpg`
