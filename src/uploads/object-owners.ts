import { and, eq, or, sql } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { Database } from '../db/client'
import { avatars } from '../db/tables/avatars'
import { generatedPoses } from '../db/tables/generations'
import { exportVariants, pictureBackgrounds, pictureJobs } from '../db/tables/pictures'
import { uploads } from '../db/tables/uploads'
import { ID_PREFIXES, type IdKind } from '../kernel/ids'

const id = (kind: IdKind): string => `${ID_PREFIXES[kind]}_[0-9A-HJKMNP-TV-Z]{26}`
const HASH = '[0-9a-f]{32}'

/**
 * Keys of uploads (object-key.ts), of a generation's objects (generations/object-keys.ts) and of what an export's archive
 * holds (exports/zip/contents.ts), and of avatars (avatars/object-keys.ts). A key names the id of its row. A plate has no row: its job deletes it, or was cut short.
 */
const UPLOAD_KEY = new RegExp(`^u/${id('user')}/uploads/(${id('upload')})\\.png$`)
const PICTURE_KEY = new RegExp(
  `^u/${id('user')}/(${id('generation')})/[^/]+_(?:master|mask\\.png|thumb\\.jpg|bg_${HASH}(?:_plate)?|x_[a-z0-9_]+_${HASH})$`,
)
const EXPORT_KEY = new RegExp(`^u/${id('user')}/(${id('export')})/contents\\.json$`)
const AVATAR_KEY = new RegExp(`^u/${id('user')}/(${id('avatar')})/(?:picture|thumb\\.jpg)$`)
const SHAPES = [UPLOAD_KEY, PICTURE_KEY, EXPORT_KEY, AVATAR_KEY]

export type Ownership = {
  /** No row of D1 names them. */
  orphans: string[]
  /** Of no shape that is known here: whoever put them knows what they are for. */
  unknown: string[]
}

/**
 * Which of these keys, at most a thousand, no row refers to, by one batch of six statements. They read the rows of the
 * generations that the keys name, which for a page of R2 are few, and answer only keys that were asked about.
 */
export async function findOrphans(db: Database, keys: string[]): Promise<Ownership> {
  const isKnown = (key: string) => SHAPES.some((shape) => shape.test(key))
  const [known, unknown] = [keys.filter(isKnown), keys.filter((key) => !isKnown(key))]
  if (known.length === 0) return { orphans: [], unknown }
  const asked = (column: SQLiteColumn) => isAnyOf(column, known)
  const ofThese = isAnyOf(generatedPoses.generationId, idsIn(keys, PICTURE_KEY))
  const [sent, made, changed, built, exported, portrayed] = await db.batch([
    db
      .select({ key: uploads.objectKey })
      .from(uploads)
      .where(isAnyOf(uploads.id, idsIn(keys, UPLOAD_KEY))),
    db
      .select({ master: generatedPoses.outputKey, thumb: generatedPoses.thumbnailKey, mask: generatedPoses.maskKey })
      .from(generatedPoses)
      .where(
        and(
          ofThese,
          or(asked(generatedPoses.outputKey), asked(generatedPoses.thumbnailKey), asked(generatedPoses.maskKey)),
        ),
      ),
    db
      .select({ picture: pictureBackgrounds.objectKey, thumb: pictureBackgrounds.thumbnailKey })
      .from(generatedPoses)
      .innerJoin(pictureBackgrounds, eq(pictureBackgrounds.imageId, generatedPoses.id))
      .where(and(ofThese, or(asked(pictureBackgrounds.objectKey), asked(pictureBackgrounds.thumbnailKey)))),
    db
      .select({ key: exportVariants.objectKey })
      .from(generatedPoses)
      .innerJoin(exportVariants, eq(exportVariants.imageId, generatedPoses.id))
      .where(and(ofThese, asked(exportVariants.objectKey))),
    db
      .select({ key: sql<string>`'u/' || ${pictureJobs.userId} || '/' || ${pictureJobs.id} || '/contents.json'` })
      .from(pictureJobs)
      .where(isAnyOf(pictureJobs.id, idsIn(keys, EXPORT_KEY))),
    db
      .select({ picture: avatars.objectKey, thumb: avatars.thumbnailKey })
      .from(avatars)
      .where(isAnyOf(avatars.id, idsIn(keys, AVATAR_KEY))),
  ])
  const named = new Set(
    [...sent, ...made, ...changed, ...built, ...exported, ...portrayed].flatMap((row) => Object.values(row)),
  )
  return { orphans: known.filter((key) => !named.has(key)), unknown }
}

const idsIn = (keys: string[], shape: RegExp): string[] => [
  ...new Set(keys.flatMap((key) => shape.exec(key)?.[1] ?? [])),
]

/** One bound value, however long the list: D1 takes a hundred. */
const isAnyOf = (column: SQLiteColumn, values: string[]) =>
  sql`${column} in (select value from json_each(${JSON.stringify(values)}))`
