import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq, isNull } from 'drizzle-orm'
import { openDatabase } from '../../src/db/client'
import { generatedPoses, generations } from '../../src/db/tables/generations'
import { creditAdjustments, paymentNotices, payments } from '../../src/db/tables/money'
import { exportVariants, pictureBackgrounds, pictureJobs } from '../../src/db/tables/pictures'
import { poseCategories, poseGeometry, poses } from '../../src/db/tables/poses'
import { projects } from '../../src/db/tables/projects'
import { poseRequests } from '../../src/db/tables/requests'
import { uploads } from '../../src/db/tables/uploads'
import { users } from '../../src/db/tables/users'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectJson, request } from './app'
import { anyAddress, type Person } from './people'

export const db = openDatabase(env.DB)

/** Tables of a SQLite that somebody here wrote: neither SQLite's own nor the platform's, nor the parts of an index. */
const OWN_TABLES = `select name from sqlite_master where type = 'table' and sql not like 'CREATE VIRTUAL%'
  and name not like 'sqlite\\_%' escape '\\' and name not like '\\_cf\\_%' escape '\\'
  and name not like 'pose\\_search\\_%' escape '\\' and name not like 'library\\_search\\_%' escape '\\'
  and name <> 'd1_migrations' order by name`

export type Counts = Record<string, number>

export async function ownTables(): Promise<string[]> {
  const { results } = await env.DB.prepare(OWN_TABLES).all<{ name: string }>()
  return results.map(({ name }) => name)
}

const OF_THEIR_PICTURES = `where image_id in
    (select id from generated_poses where user_id in (select value from json_each(?1)))`
/** What the engine writes by itself, later: of these the rows of the people in question count, nobody else’s. */
const WHOSE: Record<string, string> = {
  export_variants: OF_THEIR_PICTURES,
  picture_backgrounds: OF_THEIR_PICTURES,
  picture_jobs: 'where user_id in (select value from json_each(?1))',
  generations: 'where user_id in (select value from json_each(?1))',
  generated_poses: 'where user_id in (select value from json_each(?1))',
  pose_selections: `where generation_id in
    (select id from generations where user_id in (select value from json_each(?1)))`,
  app_jobs: 'where user_id in (select value from json_each(?1))',
  avatars: 'where user_id in (select value from json_each(?1))',
  avatar_usages: 'where user_id in (select value from json_each(?1))',
}

const countAll = (tables: string[], whose: Record<string, string> = {}) =>
  `select ${tables.map((name) => `(select count(*) from "${name}" ${whose[name] ?? ''}) as "${name}"`)}`

/** The counting statements, made once: the state is looked at thousands of times. */
let countDatabase: D1PreparedStatement | undefined
let countObject: string | undefined

/** Rows in every table of D1; of generations and pictures those of these people. */
export async function databaseCounts(...userIds: string[]): Promise<Counts> {
  countDatabase ??= env.DB.prepare(countAll(await ownTables(), WHOSE))
  return (await countDatabase.bind(JSON.stringify(userIds)).first<Counts>()) ?? {}
}

/** Rows in every table of somebody's object: ledger, holds, jobs, tasks, events, keys, tickets, sessions. */
export const objectCounts = (userId: string): Promise<Counts> =>
  runInDurableObject(userObject(env, userId), (_object, { storage: { sql } }) => {
    countObject ??= countAll(
      sql
        .exec<{ name: string }>(OWN_TABLES)
        .toArray()
        .map(({ name }) => name),
    )
    return sql.exec<Counts>(countObject).one()
  })

/**
 * Everything that a refused request must leave as it was. D1's mirror of the ledgers is left out, as it may be a second
 * late with what came before; the ledger itself is counted in the object.
 */
export async function stateOf(...userIds: string[]): Promise<{ database: Counts; objects: Counts[] }> {
  const [counts, ...objects] = await Promise.all([databaseCounts(...userIds), ...userIds.map(objectCounts)])
  const { credit_entries: _mirror, ...database } = counts
  return { database, objects }
}

type Partly<T extends { $inferInsert: unknown }> = Partial<T['$inferInsert']>

/** Rows with everything that a test does not care about filled in; each returns the id of its row. */
export async function userRow(values: Partly<typeof users> = {}): Promise<string> {
  const id = values.id ?? newId('user')
  const row = { email: `${id}@example.test`, name: 'Row', passwordHash: 'none', createdAt: 1, updatedAt: 1 }
  await db.insert(users).values({ ...row, ...values, id })
  return id
}

export async function uploadRow(userId: string, values: Partly<typeof uploads> = {}): Promise<string> {
  const id = values.id ?? newId('upload')
  const row = {
    userId,
    objectKey: `u/${userId}/uploads/${id}.png`,
    widthPx: 1,
    heightPx: 1,
    sizeBytes: 1,
    createdAt: 1,
  }
  await db.insert(uploads).values({ ...row, ...values, id })
  return id
}

export async function projectRow(userId: string, values: Partly<typeof projects> = {}): Promise<string> {
  const id = values.id ?? newId('project')
  const row = { userId, name: 'Row', avatarSource: 'UPLOAD' as const, createdAt: 1, updatedAt: 1 }
  await db.insert(projects).values({ ...row, ...values, id })
  return id
}

export async function generationRow(
  userId: string,
  projectId: string,
  values: Partly<typeof generations> = {},
): Promise<string> {
  const id = values.id ?? newId('generation')
  await db.insert(generations).values({
    ...{
      userId,
      projectId,
      type: 'GALLERY_REFERENCE' as const,
      status: 'completed' as const,
      fund: 'credits' as const,
    },
    ...{ posesTotal: 1, posesCompleted: 1, posesFailed: 0, posesCancelled: 0 },
    ...{ creditsHeld: 30, creditsCharged: 30, creditsReleased: 0, version: 1, createdAt: 1 },
    ...values,
    id,
  })
  return id
}

export async function pictureRow(
  userId: string,
  generationId: string,
  values: Partly<typeof generatedPoses> = {},
): Promise<string> {
  const id = values.id ?? newId('image')
  await db.insert(generatedPoses).values({
    ...{ userId, generationId, variationKey: 'row-v0', position: 0, outputKey: `${id}.png`, thumbnailKey: `${id}.jpg` },
    ...{ sizeBytes: 1, widthPx: 1, heightPx: 1, promptUsed: '', seedUsed: 0, provider: 'embedded', model: 'row' },
    ...{ generationMs: 1, createdAt: 1 },
    ...values,
    id,
  })
  return id
}

/** White behind a picture. */
export async function backgroundRow(imageId: string): Promise<string> {
  const id = newId('background')
  await db.insert(pictureBackgrounds).values({
    ...{
      id,
      imageId,
      wishHash: id,
      mode: 'solid_color',
      wish: { mode: 'solid_color', color: '#FFFFFF', shadow: true },
    },
    ...{ objectKey: `${id}.png`, thumbnailKey: `${id}.jpg`, sizeBytes: 1, madeBy: 'bgj_row:0', createdAt: 1 },
  })
  return id
}

/** An export that is over. */
export async function pictureJobRow(userId: string): Promise<string> {
  const id = newId('export')
  await db.insert(pictureJobs).values({
    ...{ id, userId, app: 'exports', status: 'completed', total: 1, completed: 1, failed: 0, cancelled: 0 },
    ...{ creditsCharged: 0, version: 1, createdAt: 1, endedAt: 1 },
  })
  return id
}

/** A file of a picture for Shopee. */
export async function variantRow(imageId: string): Promise<string> {
  const id = newId('variant')
  await db.insert(exportVariants).values({
    ...{ id, imageId, recipeHash: id, format: 'shopee_product', objectKey: `${id}.jpg`, contentType: 'image/jpeg' },
    ...{ widthPx: 1000, heightPx: 1000, sizeBytes: 1, crc32: 0, isPadded: false, keeps: 'body', createdAt: 1 },
  })
  return id
}

export async function paymentRow(userId: string, values: Partly<typeof payments> = {}): Promise<string> {
  const id = values.id ?? newId('payment')
  const row = { userId, productId: 'credits-1500', gateway: 'simulated' as const, amountRupiah: 1, credits: 1 }
  await db.insert(payments).values({ ...row, createdAt: 1, ...values, id })
  return id
}

/** A large adjustment that an admin whom nobody knows asked for. */
export async function adjustmentRow(userId: string, values: Partly<typeof creditAdjustments> = {}): Promise<string> {
  const id = values.id ?? newId('adjustment')
  const row = { userId, credits: 20_000, reason: 'Row of a test', state: 'awaiting_approval' as const }
  await db.insert(creditAdjustments).values({ ...row, requestedBy: 'usr_row', createdAt: 1, ...values, id })
  return id
}

/** A notice of a payment that waits for an admin. */
export async function noticeRow(paymentId: string, values: Partly<typeof paymentNotices> = {}): Promise<string> {
  const id = values.id ?? newId('notice')
  const row = { gateway: 'simulated' as const, bodyHash: id, body: '{}', state: 'quarantined' as const, receivedAt: 1 }
  await db.insert(paymentNotices).values({ ...row, paymentId, ...values, id })
  return id
}

/** The person with a new token that says admin, as a login after the promotion would give them. */
export async function makeAdmin(person: Person): Promise<Person> {
  await db.update(users).set({ role: 'admin' }).where(eq(users.id, person.user.id))
  const signedIn = await expectJson<Person>(
    request('/auth/login', {
      json: { email: person.email, password: person.password },
      headers: { 'cf-connecting-ip': anyAddress() },
    }),
    200,
  )
  return { ...person, ...signedIn }
}

/** A pose that the library does not show, with the values of one that it does. */
export async function poseRow(values: Partly<typeof poses> = {}): Promise<string> {
  const [like] = await db
    .select()
    .from(poses)
    .innerJoin(poseGeometry, eq(poseGeometry.poseId, poses.id))
    .where(isNull(poses.ownerId))
    .orderBy(poses.number)
    .limit(1)
  const id = values.id ?? `row-${crypto.randomUUID()}`
  // A trigger gives it a number of its own.
  const unused = { usageCount: 0, favoriteCount: 0, ratingSum: 0, ratingCount: 0, popularity: 0 }
  await db.insert(poses).values({ ...like!.poses, ...unused, isPublic: false, number: null, ...values, id })
  await db.insert(poseGeometry).values({ poseId: id, geometry: like!.pose_geometry.geometry })
  return id
}

/** `count` copies of a pose's row, without geometry, in one statement. */
export async function copies(id: string, count: number): Promise<void> {
  const { results } = await env.DB.prepare("select name from pragma_table_info('poses') where name <> 'id'").all<{
    name: string
  }>()
  const columns = results.map(({ name }) => name)
  await env.DB.prepare(
    `insert into poses (id, ${columns}) select ? || value, ${columns.map((name) => `poses.${name}`)}
     from poses, json_each(?) where poses.id = ?`,
  )
    .bind(`${id}-`, JSON.stringify(Array.from({ length: count }, (_, i) => i)), id)
    .run()
}

/** Takes what `poseRow` made public out of the library again, for the files that come after this one. */
export async function hidePoseRows(): Promise<void> {
  await env.DB.prepare("update poses set is_public = 0 where is_public = 1 and id like 'row-%'").run()
}

export async function requestRow(userId: string, values: Partly<typeof poseRequests> = {}): Promise<string> {
  const id = values.id ?? newId('request')
  const row = { userId, name: 'Row', description: '', useCase: 'social' as const, createdAt: 1 }
  await db.insert(poseRequests).values({ ...row, ...values, id })
  return id
}

/** A main category without poses. */
export async function categoryRow(): Promise<string> {
  const slug = `row-${crypto.randomUUID()}`
  await db.insert(poseCategories).values({ slug, nameEn: 'Row', nameId: 'Row', level: 1, displayOrder: 999 })
  return slug
}
