import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, real, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core'
import { avatars } from './avatars'
import { holds, oneOf, timestampMs } from './columns'
import type { StoredFigure } from './pictures'
import { poses } from './poses'
import { projects } from './projects'
import type { Recipe } from './recipe'
import { users } from './users'

export const GENERATION_TYPES = ['GALLERY_REFERENCE', 'TEXT_DESCRIPTION'] as const
export const GENERATION_STATUSES = ['pending', 'processing', 'completed', 'partial', 'failed', 'cancelled'] as const
export const FUNDS = ['credits', 'unlimited'] as const
export const BACKGROUND_MODES = ['ai_generate', 'solid_color', 'upload'] as const

/** Read model of the jobs in the user's object, for lists and search. A decision about money never reads it. */
export const generations = sqliteTable(
  'generations',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    projectId: text('project_id')
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    /** The avatar that its pictures show; null for none, and when it was deleted since. */
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    type: text('type', { enum: GENERATION_TYPES }).notNull(),
    status: text('status', { enum: GENERATION_STATUSES }).notNull(),
    textPrompt: text('text_prompt'),
    fund: text('fund', { enum: FUNDS }).notNull(),
    posesTotal: integer('poses_total').notNull(),
    posesCompleted: integer('poses_completed').notNull(),
    posesFailed: integer('poses_failed').notNull(),
    posesCancelled: integer('poses_cancelled').notNull(),
    creditsHeld: integer('credits_held').notNull(),
    creditsCharged: integer('credits_charged').notNull(),
    creditsReleased: integer('credits_released').notNull(),
    /** The job's own counter; an older projection never overwrites a newer one. */
    version: integer('version').notNull(),
    createdAt: timestampMs('created_at').notNull(),
    endedAt: timestampMs('ended_at'),
  },
  (t) => [
    oneOf('generations_type', t.type, GENERATION_TYPES),
    oneOf('generations_status', t.status, GENERATION_STATUSES),
    oneOf('generations_fund', t.fund, FUNDS),
    index('generations_by_user').on(t.userId, t.id),
    index('generations_by_project').on(t.projectId, t.id),
    index('generations_by_avatar').on(t.avatarId).where(sql`${t.avatarId} is not null`),
    index('generations_open').on(t.createdAt).where(sql`${t.status} in ('pending', 'processing')`),
  ],
)

/** The poses that a gallery generation chose. A pose's deletion is soft, so history stays whole. */
export const poseSelections = sqliteTable(
  'pose_selections',
  {
    generationId: text('generation_id')
      .notNull()
      .references(() => generations.id, { onDelete: 'cascade' }),
    poseId: text('pose_id')
      .notNull()
      .references(() => poses.id, { onDelete: 'cascade' }),
  },
  (t) => [primaryKey({ columns: [t.generationId, t.poseId] })],
)

/**
 * A picture that exists. Written by the consumer under a key chosen at start, so that a second delivery writes the same
 * row. What failed or was cancelled has no row: the user's object knows it.
 */
export const generatedPoses = sqliteTable(
  'generated_poses',
  {
    id: text('id').primaryKey(),
    generationId: text('generation_id')
      .notNull()
      .references(() => generations.id, { onDelete: 'cascade' }),
    userId: text('user_id').notNull(),
    variationKey: text('variation_key').notNull(),
    position: integer('position').notNull(),
    poseId: text('pose_id').references(() => poses.id, { onDelete: 'set null' }),
    outputKey: text('output_key').notNull(),
    thumbnailKey: text('thumbnail_key').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    widthPx: integer('width_px').notNull(),
    heightPx: integer('height_px').notNull(),
    promptUsed: text('prompt_used').notNull(),
    seedUsed: integer('seed_used').notNull(),
    provider: text('provider').notNull(),
    model: text('model').notNull(),
    simulated: integer('simulated', { mode: 'boolean' }).notNull().default(false),
    generationMs: integer('generation_ms').notNull(),
    /** 0..1, how well the picture holds the asked pose; null when nobody measured it. */
    poseMatch: real('pose_match'),
    backgroundMode: text('background_mode', { enum: BACKGROUND_MODES }),
    /** What the model was given and how it went (generations/recipe.ts); null for pictures from before recipes. */
    recipe: text('recipe', { mode: 'json' }).$type<Recipe>(),
    /** Micro-USD that the provider takes for it; ours, never shown to sellers. */
    costMicroUsd: integer('cost_micro_usd').notNull().default(0),
    /** Who is where in the picture, for crops; null for pictures from before it was kept. */
    figures: text('figures', { mode: 'json' }).$type<StoredFigure[]>(),
    /** Coverage of the people and what they hold, as a PNG beside the master; null when the provider told none. */
    maskKey: text('mask_key'),
    /** The background it is shown with (picture_backgrounds); null: as it was made. */
    backgroundId: text('background_id'),
    isFavorite: integer('is_favorite', { mode: 'boolean' }).notNull().default(false),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [
    unique('generated_poses_by_position').on(t.generationId, t.position),
    oneOf('generated_poses_background_mode', t.backgroundMode, BACKGROUND_MODES),
    holds('generated_poses_pose_match', sql`${t.poseMatch} between 0 and 1`),
  ],
)
