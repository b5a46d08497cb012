import type { Who } from '../apps/contract'
import { namedAvatar, toAvatarRef } from '../avatars/avatar-ref'
import { findAvatar } from '../avatars/find-avatar'
import type { Ctx } from '../ctx'
import type { ProjectRow } from '../projects/find-project'

type Wish = { avatarId?: string | undefined }

/**
 * Who is in the pictures of a shoot: the avatar that the request names, else that of the project, else the project's uploaded
 * picture. Throws NOT_FOUND for an avatar of the request that is not there; a project whose avatar is gone goes on without.
 */
export async function whoPoses({ db }: Ctx, userId: string, project: ProjectRow, { avatarId }: Wish): Promise<Who> {
  const { avatarUploadId } = project
  if (avatarId !== undefined)
    return { avatarUploadId, avatar: toAvatarRef(await namedAvatar(db, userId, avatarId, 'avatarId')) }
  const ofProject = project.avatarSource === 'AVATAR_CREATOR' ? project.avatarId : null
  const avatar = ofProject === null ? undefined : await findAvatar(db, userId, ofProject)
  return { avatarUploadId, avatar: avatar ? toAvatarRef(avatar) : null }
}
