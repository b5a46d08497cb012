import type { JobParams } from './types'

/** Whether a provider gets a picture of the person: an uploaded one, or that of an avatar. */
export const hasReference = ({ avatarUploadId, avatar }: Pick<JobParams, 'avatarUploadId' | 'avatar'>): boolean =>
  avatarUploadId !== null || avatar !== undefined
