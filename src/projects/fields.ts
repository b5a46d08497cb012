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
    status: z.enum(PROJECT_STATUSES),
    createdAt: z.string().openapi({ format: 'date-time' }),
    updatedAt: z.string().openapi({ format: 'date-time' }),
  })
  .openapi('Project')

/** Body of POST. Avatars of the Avatar Creator are named by `avatarId`; the embedded look needs no picture. */
export const NewProject = z.strictObject({
  projectName: freeText(1, 100),
  description: freeText(0, 500).default(''),
  avatarSource: z.enum(AVATAR_SOURCES).default('UPLOAD'),
  avatarImageUrl: idField('upload').nullable().default(null),
})

/** Body of PUT: what is left out stays. */
export const ChangedProject = z.strictObject({
  projectName: freeText(1, 100).optional(),
  description: freeText(0, 500).optional(),
  avatarImageUrl: idField('upload').nullable().optional(),
  status: z.enum(PROJECT_STATUSES).optional(),
})

export const toProject = (row: ProjectRow): z.infer<typeof ProjectSchema> => ({
  id: row.id,
  projectName: row.name,
  description: row.description,
  avatarSource: row.avatarSource,
  avatarImageUrl: row.avatarUploadId,
  status: row.status,
  createdAt: new Date(row.createdAt).toISOString(),
  updatedAt: new Date(row.updatedAt).toISOString(),
})
