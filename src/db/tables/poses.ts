import { sql } from 'drizzle-orm'
import { type AnySQLiteColumn, index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { holds, oneOf, timestampMs } from './columns'
import { users } from './users'

export const DIFFICULTIES = ['beginner', 'intermediate', 'advanced'] as const
export const GENDERS = ['male', 'female', 'unisex'] as const

export const poseCategories = sqliteTable(
  'pose_categories',
  {
    slug: text('slug').primaryKey(),
    parentSlug: text('parent_slug').references((): AnySQLiteColumn => poseCategories.slug, { onDelete: 'restrict' }),
    nameEn: text('name_en').notNull(),
    nameId: text('name_id').notNull(),
    icon: text('icon'),
    color: text('color'),
    level: integer('level').notNull(),
    displayOrder: integer('display_order').notNull(),
    /** Poses in this category and below it, written by the seed in the same batch as the poses. */
    poseCount: integer('pose_count').notNull().default(0),
  },
  (t) => [holds('pose_categories_level', sql`${t.level} between 1 and 3`)],
)

/** What a card in the library shows and what it is filtered by. The geometry is in its own table: it is 3 KB a pose. */
export const poses = sqliteTable(
  'poses',
  {
    id: text('id').primaryKey(),
    basePose: text('base_pose').notNull(),
    /** Deepest category; its ancestors are in categoryPath, e.g. ["ecommerce","holding","hold-one"]. */
    categorySlug: text('category_slug')
      .notNull()
      .references(() => poseCategories.slug, { onDelete: 'restrict' }),
    categoryPath: text('category_path', { mode: 'json' }).$type<string[]>().notNull(),
    nameEn: text('name_en').notNull(),
    nameId: text('name_id').notNull(),
    descriptionEn: text('description_en').notNull(),
    descriptionId: text('description_id').notNull(),
    tagsEn: text('tags_en', { mode: 'json' }).$type<string[]>().notNull(),
    tagsId: text('tags_id', { mode: 'json' }).$type<string[]>().notNull(),
    difficulty: text('difficulty', { enum: DIFFICULTIES }).notNull(),
    gender: text('gender', { enum: GENDERS }).notNull(),
    peopleCount: integer('people_count').notNull(),
    stance: text('stance').notNull(),
    framing: text('framing').notNull(),
    view: text('view').notNull(),
    props: text('props', { mode: 'json' }).$type<string[]>().notNull(),
    promptHint: text('prompt_hint').notNull(),
    isFeatured: integer('is_featured', { mode: 'boolean' }).notNull().default(false),
    isPremium: integer('is_premium', { mode: 'boolean' }).notNull().default(false),
    /** False hides a pose from the library; generations that used it keep it (soft delete). */
    isPublic: integer('is_public', { mode: 'boolean' }).notNull().default(true),
    usageCount: integer('usage_count').notNull().default(0),
    favoriteCount: integer('favorite_count').notNull().default(0),
    /** Order of the curated library. */
    displayOrder: integer('display_order').notNull(),
    /** When the seed first wrote the pose; an update keeps it. */
    addedAt: timestampMs('added_at').notNull(),
    /** First 12 hex digits of the geometry's SHA-256. Caches are keyed by it, so that an edited pose is never stale. */
    revision: text('revision').notNull(),
    source: text('source').notNull(),
    license: text('license').notNull(),
    credit: text('credit'),
  },
  (t) => [
    oneOf('poses_difficulty', t.difficulty, DIFFICULTIES),
    oneOf('poses_gender', t.gender, GENDERS),
    holds('poses_people_count', sql`${t.peopleCount} between 1 and 2`),
    // Serves the curated page and its total without a sort; every other order sorts what its filter left.
    index('poses_by_order').on(t.isPublic, t.displayOrder),
  ],
)

/** Keypoints (2D, COCO-18 + hands), 3D joints, camera and prop shapes of a pose: the source of every map and picture. */
export const poseGeometry = sqliteTable('pose_geometry', {
  poseId: text('pose_id')
    .primaryKey()
    .references(() => poses.id, { onDelete: 'cascade' }),
  geometry: text('geometry', { mode: 'json' }).$type<PoseGeometry>().notNull(),
})

/** One row for each category a pose is in, at every level: `category=ecommerce` finds what is below it too. */
export const poseCategoryMembers = sqliteTable(
  'pose_category_members',
  {
    categorySlug: text('category_slug')
      .notNull()
      .references(() => poseCategories.slug, { onDelete: 'restrict' }),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.categorySlug, t.poseId] })],
)

export const poseTags = sqliteTable(
  'pose_tags',
  {
    /** Lower case, English or Indonesian. */
    tag: text('tag').notNull(),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.tag, t.poseId] })],
)

export const poseFavorites = sqliteTable(
  'pose_favorites',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.poseId] })],
)

export const poseRatings = sqliteTable(
  'pose_ratings',
  {
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    stars: integer('stars').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.poseId, t.userId] }), holds('pose_ratings_stars', sql`${t.stars} between 1 and 5`)],
)

/** The version of data/poses that the seed wrote; a second run of the same version writes nothing. */
export const libraryVersions = sqliteTable('library_versions', {
  name: text('name').primaryKey(),
  version: text('version').notNull(),
  appliedAt: timestampMs('applied_at').notNull(),
})

/** A hand as a known shape with its directions in the pose's world frame (data/poses/props.json). */
export type HandShape = { shape: string; fingers: number[]; palm: number[] }

/** A thing in the picture besides people: metres, world frame of the pose (data/poses/props.json). */
export type PropShape = {
  kind: string
  at: number[]
  to?: number[]
  size: number[]
  x?: number[]
  y?: number[]
  z?: number[]
}

/** One person of a pose. `keypoints2d`: 18 x (x, y, v) in 0..1; `joints3d`: 32 x (x, y, z) in metres (data/poses/README.md). */
export type PosePerson = {
  build: 'neutral' | 'female' | 'male'
  keypoints2d: number[]
  /** 21 x (x, y) in 0..1, or null when the hand is hidden or outside the picture. */
  handLeft2d: number[] | null
  handRight2d: number[] | null
  joints3d: number[]
  handLeft?: HandShape
  handRight?: HandShape
}

export type PoseGeometry = {
  people: PosePerson[]
  camera: { position: number[]; pitch: number; focal: number; centerX: number; centerY: number }
  /** Props as the pose's author placed them; empty when there are none, absent when nobody said. */
  propShapes?: PropShape[]
}
