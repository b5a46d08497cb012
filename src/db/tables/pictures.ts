import { sql } from 'drizzle-orm'
import { index, integer, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { oneOf, timestampMs } from './columns'
import { generatedPoses } from './generations'
import { users } from './users'

export const CHANGED_BACKGROUND_MODES = ['ai_generate', 'solid_color', 'upload', 'transparent'] as const
export const JOB_APPS = ['backgrounds', 'exports'] as const
export const JOB_STATUSES = ['pending', 'processing', 'completed', 'partial', 'failed', 'cancelled'] as const
export const EXPORT_KEEPS = ['body', 'upper', 'head', 'nothing'] as const

/** A person in pixels of the picture; see Figure in exports/types.ts. */
export type StoredFigure = {
  keypoints: number[]
  hands: number[][]
  goods: { x: number; y: number; width: number; height: number }[]
}

/** What stands behind the person, as it was asked for. */
export type BackgroundWish = {
  mode: (typeof CHANGED_BACKGROUND_MODES)[number]
  /** `ai_generate`. */
  prompt?: string
  seed?: number
  /** `solid_color`, #RRGGBB in upper case. */
  color?: string
  /** `upload`. */
  uploadId?: string
  /** A soft shadow where the person touches the floor. */
  shadow: boolean
}

/**
 * The same picture with another background. The original stays where it is; which of its versions a picture shows is in
 * `generated_poses.background_id`. One row for a picture and a wish: the same wish again is found here and costs nothing.
 */
export const pictureBackgrounds = sqliteTable(
  'picture_backgrounds',
  {
    id: text('id').primaryKey(),
    imageId: text('image_id')
      .notNull()
      .references(() => generatedPoses.id, { onDelete: 'cascade' }),
    /** SHA-256 in hex of the wish; see backgrounds/wish.ts. */
    wishHash: text('wish_hash').notNull(),
    mode: text('mode', { enum: CHANGED_BACKGROUND_MODES }).notNull(),
    wish: text('wish', { mode: 'json' }).$type<BackgroundWish>().notNull(),
    objectKey: text('object_key').notNull(),
    thumbnailKey: text('thumbnail_key').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    /** The task that made it, `<job>:<position>`: it alone is charged. */
    madeBy: text('made_by').notNull(),
    /** Who made the backdrop's picture; null when nobody had to. */
    provider: text('provider'),
    model: text('model'),
    costMicroUsd: integer('cost_micro_usd').notNull().default(0),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    unique('picture_backgrounds_once').on(t.imageId, t.wishHash),
    oneOf('picture_backgrounds_mode', t.mode, CHANGED_BACKGROUND_MODES),
  ],
)

/** A finished file of a picture, kept until nobody has wanted it for a while: it can always be built again. */
export const exportVariants = sqliteTable(
  'export_variants',
  {
    id: text('id').primaryKey(),
    imageId: text('image_id')
      .notNull()
      .references(() => generatedPoses.id, { onDelete: 'cascade' }),
    /** SHA-256 in hex of what the bytes depend on: version of the picture, format, options, this code's version. */
    recipeHash: text('recipe_hash').notNull(),
    format: text('format').notNull(),
    objectKey: text('object_key').notNull(),
    contentType: text('content_type').notNull(),
    widthPx: integer('width_px').notNull(),
    heightPx: integer('height_px').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    /** Of the file, uint32: a ZIP is written without reading it. */
    crc32: integer('crc32').notNull(),
    quality: integer('quality'),
    isPadded: integer('is_padded', { mode: 'boolean' }).notNull(),
    keeps: text('keeps', { enum: EXPORT_KEEPS }).notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    unique('export_variants_once').on(t.imageId, t.recipeHash),
    oneOf('export_variants_keeps', t.keeps, EXPORT_KEEPS),
    index('export_variants_by_age').on(t.createdAt),
  ],
)

/** Read model of the jobs that make no new pictures: background changes and exports. */
export const pictureJobs = sqliteTable(
  'picture_jobs',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    app: text('app', { enum: JOB_APPS }).notNull(),
    status: text('status', { enum: JOB_STATUSES }).notNull(),
    total: integer('total').notNull(),
    completed: integer('completed').notNull(),
    failed: integer('failed').notNull(),
    cancelled: integer('cancelled').notNull(),
    creditsCharged: integer('credits_charged').notNull(),
    /** The job's own counter; an older projection never overwrites a newer one. */
    version: integer('version').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    endedAt: timestampMs('ended_at'),
  },
  (t) => [
    oneOf('picture_jobs_app', t.app, JOB_APPS),
    oneOf('picture_jobs_status', t.status, JOB_STATUSES),
    index('picture_jobs_by_user').on(t.userId, t.app, t.id),
    index('picture_jobs_open').on(t.createdAt).where(sql`${t.status} in ('pending', 'processing')`),
  ],
)
