import { z } from '@hono/zod-openapi'
import { AVATAR_SOURCES, PROJECT_STATUSES } from '../db/tables/projects'
import { freeText, idField } from '../http/fields'
import type { ProjectRow } from './find-project'

export const ProjectSchema = z
  .object({
    id: z.string(),
    projectName: z.string(),
    description: z.string(),
    avatarSource: z.enum(AVATAR_SOURCES),
    avatarImageUrl: z.string().nullable().openapi({ description: 'Id of the upload that shows the avatar' }),
    avatarId: z.string().nullable().openapi({ description: 'An avatar of the Avatar Creator' }),
    status: z.enum(PROJECT_STATUSES),
    createdAt: z.string().openapi({ format: 'date-time' }),
    updatedAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('Project')

/** Of two avatars nobody could tell which one is meant. */
const checkAvatar = (body: { avatarId?: string | null | undefined; avatarImageUrl?: string | null | undefined }) =>
  !body.avatarId || !body.avatarImageUrl
const ONE_AVATAR = { path: ['avatarId'], error: 'must not come with avatarImageUrl: a project has one avatar' }

/** Body of POST. Avatars of the Avatar Creator are named by `avatarId`; the embedded look needs no picture. */
export const NewProject = z
  .strictObject({
    projectName: freeText(1, 100),
    description: freeText(0, 500).default(''),
    avatarSource: z
      .enum(AVATAR_SOURCES)
      .optional()
      .openapi({ description: 'Which of the two is used; what was named last unless said' }),
    avatarImageUrl: idField('upload').nullable().default(null),
    avatarId: idField('avatar').nullable().default(null),
  })
  .refine(checkAvatar, ONE_AVATAR)

/** Body of PUT: what is left out stays. */
export const ChangedProject = z
  .strictObject({
    projectName: freeText(1, 100).optional(),
    description: freeText(0, 500).optional(),
    avatarImageUrl: idField('upload').nullable().optional(),
    avatarId: idField('avatar').nullable().optional(),
    status: z.enum(PROJECT_STATUSES).optional(),
  })
  .refine(checkAvatar, ONE_AVATAR)

export const toProject = (row: ProjectRow): z.infer<typeof ProjectSchema> => ({
  id: row.id,
  projectName: row.name,
  description: row.description,
  avatarSource: row.avatarSource,
  avatarImageUrl: row.avatarUploadId,
  avatarId: row.avatarId,
  status: row.status,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})
