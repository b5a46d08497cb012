import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  blob,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
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
    /** Public library poses in this category and below it, counted by a trigger. */
    poseCount: integer('pose_count').notNull().default(0),
    /** When an admin changed it: the seed leaves it alone from then on. */
    editedAt: timestampMs('edited_at'),
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
    /** Whose private pose it is; null for the library's. A private one is never public, whatever its other columns say. */
    ownerId: text('owner_id').references(() => users.id, { onDelete: 'cascade' }),
    /** Row of the pose in the search index; a trigger gives it to library poses, private ones have none. */
    number: integer('number'),
    /** Pictures that were made of it, counted by a trigger on generated_poses. */
    usageCount: integer('usage_count').notNull().default(0),
    /** Counted by triggers on pose_favorites and pose_ratings, in the statement that changes those. */
    favoriteCount: integer('favorite_count').notNull().default(0),
    ratingSum: integer('rating_sum').notNull().default(0),
    ratingCount: integer('rating_count').notNull().default(0),
    /** usageCount + favoriteCount as the cron last saw them: lists sort by it, so that their order holds still for a while. */
    popularity: integer('popularity').notNull().default(0),
    /**
     * Hundredths of stars as the cron last saw them, drawn towards 3.5 by five imagined ratings: one enthusiast puts no pose before
     * one that forty people like.
     */
    ratingScore: integer('rating_score').notNull().default(350),
    /** When somebody changed it by hand: the seed leaves it alone from then on. */
    editedAt: timestampMs('edited_at'),
    /** Soft delete: pictures that were made of it keep it. */
    deletedAt: timestampMs('deleted_at'),
    /** Order of the curated library. */
    displayOrder: integer('display_order').notNull(),
    /** When the seed first wrote the pose; an update keeps it. */
    addedAt: timestampMs('added_at').notNull(),
    /** First 12 hex digits of the geometry's SHA-256. Caches are keyed by it, so that an edited pose is never stale. */
    revision: text('revision').notNull(),
    /** The revision that data/poses/previews shows; null for a pose that did not come with a picture. */
    shippedRevision: text('shipped_revision'),
    source: text('source').notNull(),
    license: text('license').notNull(),
    credit: text('credit'),
  },
  (t) => [
    oneOf('poses_difficulty', t.difficulty, DIFFICULTIES),
    oneOf('poses_gender', t.gender, GENDERS),
    holds('poses_people_count', sql`${t.peopleCount} between 1 and 2`),
    // Each order of the library, so that a page reads as many rows as it shows. Written when the catalogue changes.
    index('poses_by_order').on(t.isPublic, t.displayOrder),
    index('poses_by_popularity').on(t.isPublic, sql`${t.popularity} desc`, t.displayOrder),
    index('poses_by_rating').on(t.isPublic, sql`${t.ratingScore} desc`, t.displayOrder),
    index('poses_by_age').on(t.isPublic, sql`${t.addedAt} desc`, t.displayOrder),
    index('poses_by_name_en').on(t.isPublic, sql`${t.nameEn} collate nocase`),
    index('poses_by_name_id').on(t.isPublic, sql`${t.nameId} collate nocase`),
    uniqueIndex('poses_by_number').on(t.number),
    // Nothing is deleted or moved under a pose without a look at it.
    index('poses_by_category').on(t.categorySlug),
    index('poses_by_owner').on(t.ownerId, t.addedAt).where(sql`${t.ownerId} is not null`),
    // What the cron has to bring up to date, and nothing else.
    index('poses_popularity_due').on(t.id).where(sql`${t.popularity} <> ${t.usageCount} + ${t.favoriteCount}`),
    index('poses_rating_due')
      .on(t.id)
      .where(sql`${t.ratingScore} <> (${t.ratingSum} * 100 + 1750) / (${t.ratingCount} + 5)`),
  ],
)

/** Keypoints (2D, COCO-18 + hands), 3D joints, camera and prop shapes of a pose: the source of every map and picture. */
export const poseGeometry = sqliteTable('pose_geometry', {
  poseId: text('pose_id')
    .primaryKey()
    .references(() => poses.id, { onDelete: 'cascade' }),
  geometry: text('geometry', { mode: 'json' }).$type<PoseGeometry>().notNull(),
})

/**
 * One row for each category a public library pose is in, at every level: `category=ecommerce` finds what is below it too.
 * This table and all down to libraryState are written by the triggers of migrations/0005_library.sql alone.
 */
export const poseCategoryMembers = sqliteTable(
  'pose_category_members',
  {
    categorySlug: text('category_slug')
      .notNull()
      .references(() => poseCategories.slug, { onDelete: 'restrict' }),
    displayOrder: integer('display_order').notNull(),
    poseId: text('pose_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.categorySlug, t.displayOrder, t.poseId] })],
)

export const poseTags = sqliteTable(
  'pose_tags',
  {
    /** Lower case, English or Indonesian. */
    tag: text('tag').notNull(),
    displayOrder: integer('display_order').notNull(),
    poseId: text('pose_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.tag, t.displayOrder, t.poseId] })],
)

export const poseProps = sqliteTable(
  'pose_props',
  {
    prop: text('prop').notNull(),
    displayOrder: integer('display_order').notNull(),
    poseId: text('pose_id').notNull(),
  },
  (t) => [primaryKey({ columns: [t.prop, t.displayOrder, t.poseId] })],
)

/** How many public library poses have each combination of what a facet counts: a facet reads these, not the poses. */
export const poseFacetCounts = sqliteTable(
  'pose_facet_counts',
  {
    categorySlug: text('category_slug')
      .notNull()
      .references(() => poseCategories.slug, { onDelete: 'restrict' }),
    difficulty: text('difficulty').$type<(typeof DIFFICULTIES)[number]>().notNull(),
    gender: text('gender').$type<(typeof GENDERS)[number]>().notNull(),
    view: text('view').notNull(),
    framing: text('framing').notNull(),
    stance: text('stance').notNull(),
    peopleCount: integer('people_count').notNull(),
    isFeatured: integer('is_featured', { mode: 'boolean' }).notNull(),
    isPremium: integer('is_premium', { mode: 'boolean' }).notNull(),
    poseCount: integer('pose_count').notNull(),
  },
  (t) => [
    primaryKey({
      columns: [
        ...([t.categorySlug, t.difficulty, t.gender, t.view, t.framing] as const),
        ...([t.stance, t.peopleCount, t.isFeatured, t.isPremium] as const),
      ],
    }),
  ],
)

export const TERM_KINDS = ['tag_en', 'tag_id', 'prop'] as const

/** How many public library poses have each tag of a language, and each prop. */
export const poseTermCounts = sqliteTable(
  'pose_term_counts',
  {
    kind: text('kind', { enum: TERM_KINDS }).notNull(),
    term: text('term').notNull(),
    poseCount: integer('pose_count').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.kind, t.term] }),
    index('pose_term_counts_by_count').on(t.kind, sql`${t.poseCount} desc`),
    oneOf('pose_term_counts_kind', t.kind, TERM_KINDS),
  ],
)

/** One row. `version` grows with every change of what lists show or sort by; caches are keyed by it. */
export const libraryState = sqliteTable(
  'library_state',
  { id: integer('id').primaryKey(), version: integer('version').notNull() },
  (t) => [holds('library_state_one_row', sql`${t.id} = 1`)],
)

/**
 * The index of nearest poses (src/poses/shape): a row for each person of a pose, in the cell that the person's skeleton
 * falls into. `ownerId` is '' for the library.
 */
export const poseShapes = sqliteTable(
  'pose_shapes',
  {
    ownerId: text('owner_id').notNull().default(''),
    cell: integer('cell').notNull(),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    person: integer('person').notNull(),
    /** Of all people of the pose. */
    descriptor: blob('descriptor', { mode: 'buffer' }).$type<Uint8Array>().notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.cell, t.poseId, t.person] }), index('pose_shapes_by_pose').on(t.poseId)],
)

/** What somebody has made pictures of, for lists of what was used lately and most. Written by a trigger on generated_poses. */
export const poseUses = sqliteTable(
  'pose_uses',
  {
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    uses: integer('uses').notNull(),
    lastUsedAt: timestampMs('last_used_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.poseId] }), index('pose_uses_by_pose').on(t.poseId)],
)

/** Pictures of a pose by WIB day (days since 1970 at UTC+7). Written by the same trigger. */
export const poseDailyUses = sqliteTable(
  'pose_daily_uses',
  {
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
    day: integer('day').notNull(),
    uses: integer('uses').notNull(),
    /** Of the pictures whose pose was measured. */
    matchSum: real('match_sum').notNull().default(0),
    matchCount: integer('match_count').notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.poseId, t.day] })],
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
  /** 68 or 70 x (x, y, 1), or 0,0,0 for a point that is not drawn; only imported poses have it. */
  face2d?: number[] | null
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
