import { sql } from 'drizzle-orm'
import {
  type AnySQLiteColumn,
  index,
  integer,
  type SQLiteColumnBuilderBase,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core'
import { AVATAR_ATTRIBUTES, MAX_PERSONA_AGE, MIN_PERSONA_AGE } from './avatar-attributes'
import { holds, oneOf, timestampMs } from './columns'
import type { Recipe } from './recipe'
import { uploads } from './uploads'
import { users } from './users'

/** How an avatar came to be. */
export const AVATAR_WAYS = ['uploaded', 'text_to_image', 'from_preset', 'from_reference', 'variation'] as const
export const PRESET_CATEGORIES = ['business', 'casual', 'traditional', 'creative'] as const

/** A face in 0..1 of its picture. */
export type FaceBox = { x: number; y: number; width: number; height: number }
type Rgb = readonly [red: number, green: number, blue: number]
/** sRGB 0..255; null where the picture does not show it. */
export type Palette = { skin: Rgb | null; hair: Rgb | null; top: Rgb | null; bottom: Rgb | null; coversHair?: boolean }

const attributeColumns = () =>
  ({
    gender: text('gender', { enum: AVATAR_ATTRIBUTES.gender }),
    ageRange: text('age_range', { enum: AVATAR_ATTRIBUTES.ageRange }),
    ethnicity: text('ethnicity', { enum: AVATAR_ATTRIBUTES.ethnicity }),
    bodyType: text('body_type', { enum: AVATAR_ATTRIBUTES.bodyType }),
    hairStyle: text('hair_style', { enum: AVATAR_ATTRIBUTES.hairStyle }),
    hairColor: text('hair_color', { enum: AVATAR_ATTRIBUTES.hairColor }),
    eyeColor: text('eye_color', { enum: AVATAR_ATTRIBUTES.eyeColor }),
    skinTone: text('skin_tone', { enum: AVATAR_ATTRIBUTES.skinTone }),
    style: text('style', { enum: AVATAR_ATTRIBUTES.style }),
  }) satisfies Record<keyof typeof AVATAR_ATTRIBUTES, SQLiteColumnBuilderBase>

type PersonColumns = Record<keyof typeof AVATAR_ATTRIBUTES | 'personaAge' | 'personaPersonality', AnySQLiteColumn>

/** One CHECK for each attribute, and for what a persona may be. */
const personChecks = (table: string, t: PersonColumns) => [
  oneOf(`${table}_gender`, t.gender, AVATAR_ATTRIBUTES.gender),
  oneOf(`${table}_age_range`, t.ageRange, AVATAR_ATTRIBUTES.ageRange),
  oneOf(`${table}_ethnicity`, t.ethnicity, AVATAR_ATTRIBUTES.ethnicity),
  oneOf(`${table}_body_type`, t.bodyType, AVATAR_ATTRIBUTES.bodyType),
  oneOf(`${table}_hair_style`, t.hairStyle, AVATAR_ATTRIBUTES.hairStyle),
  oneOf(`${table}_hair_color`, t.hairColor, AVATAR_ATTRIBUTES.hairColor),
  oneOf(`${table}_eye_color`, t.eyeColor, AVATAR_ATTRIBUTES.eyeColor),
  oneOf(`${table}_skin_tone`, t.skinTone, AVATAR_ATTRIBUTES.skinTone),
  oneOf(`${table}_style`, t.style, AVATAR_ATTRIBUTES.style),
  holds(
    `${table}_persona_age`,
    sql`${t.personaAge} between ${sql.raw(String(MIN_PERSONA_AGE))} and ${sql.raw(String(MAX_PERSONA_AGE))}`,
  ),
  holds(`${table}_personality`, sql`json_type(${t.personaPersonality}) = 'array'`),
]

export const avatarProjects = sqliteTable(
  'avatar_projects',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [
    holds('avatar_projects_name', sql`length(${t.name}) between 1 and 100`),
    index('avatar_projects_by_user').on(t.userId, t.id),
  ],
)

/** A person to begin with: looks, character, and the words that a model is given. */
export const avatarPresets = sqliteTable(
  'avatar_presets',
  {
    id: text('id').primaryKey(),
    category: text('category', { enum: PRESET_CATEGORIES }).notNull(),
    nameEn: text('name_en').notNull(),
    nameId: text('name_id').notNull(),
    descriptionEn: text('description_en').notNull(),
    descriptionId: text('description_id').notNull(),
    /** Where a regional dress is at home, e.g. `Sumatera Barat`; null for dress of no region. */
    region: text('region'),
    personaName: text('persona_name'),
    personaAge: integer('persona_age'),
    personaPersonality: text('persona_personality', { mode: 'json' }).$type<string[]>().notNull().default([]),
    personaBackground: text('persona_background').notNull().default(''),
    ...attributeColumns(),
    /** English: what the model is told of clothes and setting. */
    words: text('words').notNull(),
    seed: integer('seed').notNull(),
    position: integer('position').notNull(),
    isPublic: integer('is_public', { mode: 'boolean' }).notNull().default(true),
    usageCount: integer('usage_count').notNull().default(0),
    revision: text('revision').notNull(),
  },
  (t) => [oneOf('avatar_presets_category', t.category, PRESET_CATEGORIES), ...personChecks('avatar_presets', t)],
)

/**
 * A person whose pictures look alike. Its own picture is the model's reference, its attributes are the model's words. Written once by
 * the consumer under an id that was chosen at start.
 */
export const avatars = sqliteTable(
  'avatars',
  {
    id: text('id').primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    projectId: text('project_id')
      .notNull()
      .references(() => avatarProjects.id, { onDelete: 'cascade' }),
    /** The job that made it, in the user's object. */
    generationId: text('generation_id').notNull(),
    position: integer('position').notNull(),
    name: text('name').notNull(),
    sourceType: text('source_type', { enum: AVATAR_WAYS }).notNull(),
    personaName: text('persona_name'),
    personaAge: integer('persona_age'),
    personaPersonality: text('persona_personality', { mode: 'json' }).$type<string[]>().notNull().default([]),
    personaBackground: text('persona_background').notNull().default(''),
    ...attributeColumns(),
    /** What the seller, or the preset, said of the person. */
    words: text('words').notNull().default(''),
    /** Draws the same person again; uint32. Its variations keep it. */
    lookSeed: integer('look_seed').notNull(),
    promptUsed: text('prompt_used'),
    seedUsed: integer('seed_used'),
    /** Null: nobody made it, it is a photograph. */
    provider: text('provider'),
    model: text('model'),
    simulated: integer('simulated', { mode: 'boolean' }).notNull().default(false),
    recipe: text('recipe', { mode: 'json' }).$type<Recipe>(),
    costMicroUsd: integer('cost_micro_usd').notNull().default(0),
    generationMs: integer('generation_ms'),
    objectKey: text('object_key').notNull(),
    thumbnailKey: text('thumbnail_key').notNull(),
    sizeBytes: integer('size_bytes').notNull(),
    widthPx: integer('width_px').notNull(),
    heightPx: integer('height_px').notNull(),
    face: text('face', { mode: 'json' }).$type<FaceBox>(),
    palette: text('palette', { mode: 'json' }).$type<Palette>().notNull(),
    /** The photograph that it was made from. */
    uploadId: text('upload_id').references(() => uploads.id, { onDelete: 'set null' }),
    presetId: text('preset_id').references(() => avatarPresets.id, { onDelete: 'set null' }),
    /** The avatar that it is a variation of. */
    parentId: text('parent_id').references((): AnySQLiteColumn => avatars.id, { onDelete: 'set null' }),
    /** Generations that it was used in, and when last; kept by triggers. */
    usageCount: integer('usage_count').notNull().default(0),
    lastUsedAt: timestampMs('last_used_at'),
    createdAt: timestampMs('created_at').notNull(),
    updatedAt: timestampMs('updated_at').notNull(),
  },
  (t) => [
    unique('avatars_by_position').on(t.generationId, t.position),
    oneOf('avatars_source_type', t.sourceType, AVATAR_WAYS),
    holds('avatars_name', sql`length(${t.name}) between 1 and 100`),
    ...personChecks('avatars', t),
    index('avatars_by_user').on(t.userId, t.id),
    index('avatars_by_project').on(t.projectId, t.id),
    index('avatars_by_upload').on(t.uploadId).where(sql`${t.uploadId} is not null`),
    index('avatars_by_parent').on(t.parentId).where(sql`${t.parentId} is not null`),
  ],
)

/** That an avatar was used in a generation of some app; written once by triggers, kept when the avatar goes. */
export const avatarUsages = sqliteTable(
  'avatar_usages',
  {
    id: integer('id').primaryKey({ autoIncrement: true }),
    avatarId: text('avatar_id').references(() => avatars.id, { onDelete: 'set null' }),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    app: text('app').notNull(),
    /** The job's type, e.g. `GALLERY_REFERENCE`. */
    action: text('action').notNull(),
    /** The job. */
    referenceId: text('reference_id').notNull().unique(),
    /** Pictures that were asked for. */
    pictures: integer('pictures').notNull(),
    createdAt: timestampMs('created_at').notNull(),
  },
  (t) => [index('avatar_usages_by_avatar').on(t.avatarId, t.id), index('avatar_usages_by_user').on(t.userId, t.id)],
)
