/** Ids of the poses that editors put first; see featured.mjs. */
export const featuredPoseIds: string[]
