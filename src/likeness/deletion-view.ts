import { z } from '@hono/zod-openapi'
import { type avatarDeletions, DELETION_REASONS } from '../db/tables/likeness'
import { ID_PREFIXES, idPattern } from '../kernel/ids'

const timestamp = z.string().openapi({ format: 'date-time' })

/** What a deletion removed. */
export const DeletionSchema = z
  .object({
    id: z.string(),
    avatarId: z.string().nullable().openapi({ description: 'Null: a project, or a single shoot, was deleted' }),
    projectId: z.string().nullable(),
    reason: z.enum(DELETION_REASONS).openapi({ description: '`takedown`: a report about it was upheld' }),
    status: z.enum(['done', 'pending']).openapi({
      description: '`pending`: rows and links are gone, and what is left of the stored files goes by itself',
    }),
    objectsDeleted: z.number().int().openapi({ description: 'Stored files that were there and are gone' }),
    picturesDeleted: z.number().int().openapi({ description: 'Pictures of shoots that went with it' }),
    generationsKept: z.number().int().openapi({ description: 'Shoots that stay in the history, without it' }),
    avatarsDeleted: z.number().int(),
    variationsDeleted: z.number().int().openapi({ description: 'Those of `avatarsDeleted` that were made from it' }),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .openapi('AvatarDeletion')

const IS_AVATAR_TARGET = new RegExp(`/${ID_PREFIXES.avatar}_[0-9A-Z]{26}/$`)

export function toDeletion(row: typeof avatarDeletions.$inferSelect): z.infer<typeof DeletionSchema> {
  const isOf = (kind: 'avatar' | 'avatarProject') => (idPattern(kind).test(row.avatarId) ? row.avatarId : null)
  // The folders of avatars stay named in the row (erase-deletion.ts).
  const avatarsDeleted = row.targets.filter((target) => IS_AVATAR_TARGET.test(target)).length
  return {
    ...{ id: row.id, avatarId: isOf('avatar'), projectId: isOf('avatarProject'), reason: row.reason },
    status: row.endedAt === null ? 'pending' : 'done',
    ...{ objectsDeleted: row.objectsDeleted, picturesDeleted: row.picturesDeleted },
    ...{ generationsKept: row.generationsKept, avatarsDeleted },
    variationsDeleted: isOf('avatar') === null ? 0 : Math.max(0, avatarsDeleted - 1),
    createdAt: new Date(row.createdAt).toISOString(),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt).toISOString(),
  }
}
