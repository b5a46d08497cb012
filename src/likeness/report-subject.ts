import { z } from '@hono/zod-openapi'
import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { avatars } from '../db/tables/avatars'
import { generatedPoses, generations } from '../db/tables/generations'
import { exportVariants, pictureBackgrounds } from '../db/tables/pictures'
import { uploads } from '../db/tables/uploads'
import { idPattern } from '../kernel/ids'

const MAX_SUBJECT = 600
const SUBJECT =
  /^(?:(?:https?:\/\/[^/\s]{1,255})?\/api\/(?:v1\/)?media\/)?((?:avt|img|bgv|exv|upl)_[0-9A-HJKMNP-TV-Z]{26})(?:[?#]\S*)?$/

/** What somebody can point at: an id, or the link under which a picture was seen, whole or from its path on. Becomes the id. */
export const ReportSubject = z
  .string()
  .max(MAX_SUBJECT)
  .regex(
    SUBJECT,
    'must be the id of an avatar or picture (avt_, img_), or the link of a picture of ours (/api/v1/media/...)',
  )
  .transform((given) => SUBJECT.exec(given)?.[1] ?? given)
  .openapi({ type: 'string', maxLength: MAX_SUBJECT, example: 'img_01JD0000000000000000000000' })

/** What a report is about, as far as it is there: a picture, the avatar that it shows, and whose they are. */
export type Reported = {
  userId: string
  avatarId: string | null
  imageId: string | null
  generationId: string | null
  /** A photo that is no avatar's: a project shows it, or nobody does. */
  uploadId?: string
}

/** Null for what is not there, or not any more. A version or a file of a picture leads to the picture. */
export async function findReported({ db }: Ctx, subject: string): Promise<Reported | null> {
  if (idPattern('avatar').test(subject)) {
    const [row] = await db.select({ userId: avatars.userId }).from(avatars).where(eq(avatars.id, subject))
    return row ? { ...row, avatarId: subject, imageId: null, generationId: null } : null
  }
  if (idPattern('upload').test(subject)) {
    const [row] = await db.select().from(avatars).where(eq(avatars.uploadId, subject)).limit(1)
    if (row) return { userId: row.userId, avatarId: row.id, imageId: null, generationId: null }
    const [photo] = await db.select({ userId: uploads.userId }).from(uploads).where(eq(uploads.id, subject))
    return photo ? { ...photo, avatarId: null, imageId: null, generationId: null, uploadId: subject } : null
  }
  const { userId, id: imageId, generationId } = generatedPoses
  const pictures = db
    .select({ userId, imageId, generationId, avatarId: generations.avatarId })
    .from(generatedPoses)
    .innerJoin(generations, eq(generations.id, generationId))
    .$dynamic()
  const [picture] = idPattern('background').test(subject)
    ? await pictures
        .innerJoin(pictureBackgrounds, eq(pictureBackgrounds.imageId, imageId))
        .where(eq(pictureBackgrounds.id, subject))
    : idPattern('variant').test(subject)
      ? await pictures
          .innerJoin(exportVariants, eq(exportVariants.imageId, imageId))
          .where(eq(exportVariants.id, subject))
      : await pictures.where(eq(imageId, subject))
  return picture ?? null
}
