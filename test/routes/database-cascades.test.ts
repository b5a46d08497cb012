import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import {
  appJobRow,
  avatarDeletionRow,
  avatarProjectRow,
  avatarReportRow,
  avatarRow,
  consentRow,
} from '../support/avatars'
import { presetRow } from '../support/presets'
import {
  backgroundRow,
  generationRow,
  ownTables,
  paymentRow,
  pictureJobRow,
  pictureRow,
  poseRow,
  projectRow,
  requestRow,
  uploadRow,
  userRow,
  variantRow,
} from '../support/rows'

const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run()
const count = async (table: string, column: string, value: string) =>
  env.DB.prepare(`select count(*) as n from "${table}" where "${column}" = ?`).bind(value).first<number>('n')
const columnOf = (table: string, column: string, id: string) =>
  env.DB.prepare(`select "${column}" as v from "${table}" where id = ?`).bind(id).first('v')

/** `child.column -> parent: what deleting the parent does`. Read as a whole: who takes whom along. */
const EDGES = [
  'app_jobs.avatar_id -> avatars: SET NULL',
  'app_jobs.user_id -> users: CASCADE',
  'avatar_consents.avatar_id -> avatars: SET NULL',
  'avatar_consents.user_id -> users: CASCADE',
  'avatar_deletions.user_id -> users: CASCADE',
  'avatar_projects.user_id -> users: CASCADE',
  'avatar_reports.avatar_id -> avatars: SET NULL',
  'avatar_usages.avatar_id -> avatars: SET NULL',
  'avatar_usages.user_id -> users: CASCADE',
  'avatars.parent_id -> avatars: SET NULL',
  'avatars.preset_id -> avatar_presets: SET NULL',
  'avatars.project_id -> avatar_projects: CASCADE',
  'avatars.upload_id -> uploads: SET NULL',
  'avatars.user_id -> users: CASCADE',
  'credit_adjustments.user_id -> users: CASCADE',
  'credit_entries.user_id -> users: CASCADE',
  'export_variants.image_id -> generated_poses: CASCADE',
  'generated_poses.generation_id -> generations: CASCADE',
  'generated_poses.pose_id -> poses: SET NULL',
  'generations.avatar_id -> avatars: SET NULL',
  'generations.project_id -> projects: CASCADE',
  'generations.user_id -> users: CASCADE',
  'payments.user_id -> users: CASCADE',
  'picture_backgrounds.image_id -> generated_poses: CASCADE',
  'picture_jobs.user_id -> users: CASCADE',
  'pose_categories.parent_slug -> pose_categories: RESTRICT',
  'pose_category_members.category_slug -> pose_categories: RESTRICT',
  'pose_collection_items.collection_id -> pose_collections: CASCADE',
  'pose_collection_items.pose_id -> poses: CASCADE',
  'pose_collections.user_id -> users: CASCADE',
  'pose_daily_uses.pose_id -> poses: CASCADE',
  'pose_facet_counts.category_slug -> pose_categories: RESTRICT',
  'pose_favorites.pose_id -> poses: CASCADE',
  'pose_favorites.user_id -> users: CASCADE',
  'pose_geometry.pose_id -> poses: CASCADE',
  'pose_ratings.pose_id -> poses: CASCADE',
  'pose_ratings.user_id -> users: CASCADE',
  'pose_request_votes.request_id -> pose_requests: CASCADE',
  'pose_request_votes.user_id -> users: CASCADE',
  'pose_requests.category_slug -> pose_categories: SET NULL',
  'pose_requests.completed_pose_id -> poses: SET NULL',
  'pose_requests.reference_upload_id -> uploads: SET NULL',
  'pose_requests.user_id -> users: CASCADE',
  'pose_selections.generation_id -> generations: CASCADE',
  'pose_selections.pose_id -> poses: CASCADE',
  'pose_shapes.pose_id -> poses: CASCADE',
  'pose_uses.pose_id -> poses: CASCADE',
  'pose_uses.user_id -> users: CASCADE',
  'poses.category_slug -> pose_categories: RESTRICT',
  'poses.owner_id -> users: CASCADE',
  'projects.avatar_id -> avatars: SET NULL',
  'projects.avatar_upload_id -> uploads: SET NULL',
  'projects.user_id -> users: CASCADE',
  'simulated_orders.payment_id -> payments: CASCADE',
  'subscriptions.product_id -> products: NO ACTION',
  'subscriptions.user_id -> users: CASCADE',
  'uploads.user_id -> users: CASCADE',
]

test('every foreign key does one of these', async () => {
  const edges: string[] = []
  for (const table of await ownTables()) {
    const { results } = await env.DB.prepare(`pragma foreign_key_list("${table}")`).all<
      Record<'from' | 'table' | 'on_delete', string>
    >()
    edges.push(...results.map((key) => `${table}.${key.from} -> ${key.table}: ${key.on_delete}`))
  }
  expect(edges.sort()).toEqual(EDGES)
})

/** Somebody with a row of everything, and a pose, a category and a request of their own. */
async function household() {
  const user = await userRow()
  const upload = await uploadRow(user)
  const preset = await presetRow({ isPublic: false })
  const avatarProject = await avatarProjectRow(user)
  const avatar = await avatarRow(user, avatarProject, { uploadId: upload, presetId: preset })
  const people = { preset, avatarProject, avatar, ...(await saidOf(user, avatar)) }
  const project = await projectRow(user, { avatarUploadId: upload, avatarId: avatar })
  const generation = await generationRow(user, project, { avatarId: avatar })
  const category = `row-${crypto.randomUUID()}`
  await run(
    "insert into pose_categories(slug, name_en, name_id, level, display_order) values (?, 'Row', 'Row', 1, 99)",
    category,
  )
  const pose = await poseRow({ categorySlug: category, categoryPath: [category], tagsEn: ['row'], props: ['row'] })
  const picture = await pictureRow(user, generation, { poseId: pose })
  await backgroundRow(picture)
  await variantRow(picture)
  await pictureJobRow(user)
  const request = await requestRow(user, { categorySlug: category, completedPoseId: pose })
  await run("insert into pose_shapes values ('', 1, ?, 0, x'00')", pose)
  await run('insert into pose_favorites values (?, ?, 1)', user, pose)
  await run('insert into pose_ratings values (?, ?, 5, 1)', pose, user)
  await run('insert into pose_selections values (?, ?)', generation, pose)
  await run('insert into pose_request_votes values (?, ?, 1)', request, user)
  const collection = newId('collection')
  await run("insert into pose_collections values (?, ?, 'Row', 1, 1)", collection, user)
  await run('insert into pose_collection_items values (?, ?, 1)', collection, pose)
  await run("insert into credit_entries values (?, 1, 'grant', 'source:welcome', 'available', 1, 'row', 1)", user)
  const payment = await paymentRow(user)
  return { user, upload, project, generation, picture, category, pose, request, payment, ...people }
}

/** A consent to an avatar, a report of it, a job that made another, and a deletion. */
async function saidOf(user: string, avatar: string) {
  await avatarDeletionRow(user)
  return {
    consent: await consentRow(user, avatar),
    report: await avatarReportRow(avatar),
    appJob: await appJobRow(user),
  }
}

describe('deleting', () => {
  test('a project takes its generations, their pictures and what they chose; the upload stays', async () => {
    const { project, generation, picture, upload, user } = await household()
    await run('delete from projects where id = ?', project)
    expect(await count('generations', 'id', generation)).toBe(0)
    expect(await count('generated_poses', 'id', picture)).toBe(0)
    expect(await count('picture_backgrounds', 'image_id', picture)).toBe(0)
    expect(await count('export_variants', 'image_id', picture)).toBe(0)
    expect(await count('pose_selections', 'generation_id', generation)).toBe(0)
    expect(await count('uploads', 'id', upload)).toBe(1)
    expect(await count('credit_entries', 'user_id', user)).toBe(1)
  })

  test('a generation takes its pictures; the project and the pose stay', async () => {
    const { project, generation, picture, pose } = await household()
    await run('delete from generations where id = ?', generation)
    expect(await count('generated_poses', 'id', picture)).toBe(0)
    expect(await count('projects', 'id', project)).toBe(1)
    expect(await count('poses', 'id', pose)).toBe(1)
  })

  test('an upload leaves its projects without an avatar, and avatars without their photo', async () => {
    const { upload, project, avatar } = await household()
    await run('delete from uploads where id = ?', upload)
    expect(await columnOf('avatars', 'upload_id', avatar)).toBeNull()
    expect(await count('projects', 'id', project)).toBe(1)
    expect(await columnOf('projects', 'avatar_upload_id', project)).toBeNull()
  })

  test('an avatar takes nothing along: history, consent and variations stay, without its name', async () => {
    const { user, avatar, avatarProject, project, generation, consent, report, picture } = await household()
    const variation = await avatarRow(user, avatarProject, { sourceType: 'variation', parentId: avatar })
    const job = await appJobRow(user, { avatarId: avatar, type: 'variation' })
    await run('delete from avatars where id = ?', avatar)
    for (const [table, column, id] of [
      ['projects', 'avatar_id', project],
      ['generations', 'avatar_id', generation],
      ['avatar_consents', 'avatar_id', consent],
      ['avatar_reports', 'avatar_id', report],
      ['avatars', 'parent_id', variation],
      ['app_jobs', 'avatar_id', job],
    ] as const) {
      expect([table, await count(table, 'id', id)]).toEqual([table, 1])
      expect([table, await columnOf(table, column, id)]).toEqual([table, null])
    }
    expect(await count('avatar_usages', 'user_id', user)).toBe(2)
    expect(await count('avatar_usages', 'avatar_id', avatar)).toBe(0)
    expect(await count('generated_poses', 'id', picture)).toBe(1)
    expect(await count('credit_entries', 'user_id', user)).toBe(1)
  })

  test('a project of avatars takes them, and leaves the jobs that made them; a preset leaves its avatars', async () => {
    const { avatarProject, avatar, preset, user, generation } = await household()
    await run('delete from avatar_presets where id = ?', preset)
    expect(await columnOf('avatars', 'preset_id', avatar)).toBeNull()
    await run('delete from avatar_projects where id = ?', avatarProject)
    expect(await count('avatars', 'id', avatar)).toBe(0)
    expect(await count('app_jobs', 'user_id', user)).toBe(1)
    expect(await columnOf('generations', 'avatar_id', generation)).toBeNull()
  })

  test('a pose takes what describes and rates it; pictures made of it stay, without its name', async () => {
    const { pose, picture, request, generation } = await household()
    await run('update poses set is_public = 1 where id = ?', pose)
    expect(await count('pose_tags', 'pose_id', pose)).toBeGreaterThan(0)
    await run('delete from poses where id = ?', pose)
    for (const table of [
      'pose_category_members',
      'pose_tags',
      'pose_props',
      'pose_shapes',
      'pose_uses',
      'pose_daily_uses',
      'pose_collection_items',
      'pose_geometry',
      'pose_favorites',
      'pose_ratings',
      'pose_selections',
    ])
      expect([table, await count(table, 'pose_id', pose)]).toEqual([table, 0])
    expect(await count('generated_poses', 'id', picture)).toBe(1)
    expect(await columnOf('generated_poses', 'pose_id', picture)).toBeNull()
    expect(await columnOf('pose_requests', 'completed_pose_id', request)).toBeNull()
    expect(await count('generations', 'id', generation)).toBe(1)
  })

  test('a category with poses, members or children is refused; an empty one leaves requests without it', async () => {
    const { category, pose, request } = await household()
    const remove = () => run('delete from pose_categories where slug = ?', category)
    await run('update poses set is_public = 1 where id = ?', pose)
    await expect(remove()).rejects.toThrow(/FOREIGN KEY constraint failed/)
    const elsewhere = "(select slug from pose_categories where slug <> ?1 and slug not like 'row-%' limit 1)"
    await run(`update poses set category_slug = ${elsewhere} where id = ?2`, category, pose)
    // Its path still names the category: so does the row of members.
    await expect(remove()).rejects.toThrow(/FOREIGN KEY constraint failed/)
    await run(`update poses set category_path = json_array(${elsewhere}) where id = ?2`, category, pose)
    expect(await count('pose_category_members', 'category_slug', category)).toBe(0)
    const child = `${category}-child`
    await run(
      "insert into pose_categories(slug, parent_slug, name_en, name_id, level, display_order) values (?, ?, 'R', 'R', 2, 1)",
      child,
      category,
    )
    await expect(remove()).rejects.toThrow(/FOREIGN KEY constraint failed/)
    await run('delete from pose_categories where slug = ?', child)
    await remove()
    expect(await columnOf('pose_requests', 'category_slug', request)).toBeNull()
    await run('delete from poses where id = ?', pose)
  })

  test('a request takes its votes', async () => {
    const { request } = await household()
    await run('delete from pose_requests where id = ?', request)
    expect(await count('pose_request_votes', 'request_id', request)).toBe(0)
  })

  test('a user takes everything of theirs, and nothing of anybody else', async () => {
    const [theirs, others] = [await household(), await household()]
    await run('delete from users where id = ?', theirs.user)
    for (const table of [
      'uploads',
      'projects',
      'generations',
      'generated_poses',
      'picture_jobs',
      'payments',
      'credit_entries',
      'pose_favorites',
      'pose_ratings',
      'pose_uses',
      'pose_collections',
      'pose_requests',
      'pose_request_votes',
      'avatar_projects',
      'avatars',
      'avatar_usages',
      'avatar_consents',
      'avatar_deletions',
      'app_jobs',
    ]) {
      expect([table, await count(table, 'user_id', theirs.user)]).toEqual([table, 0])
      expect([table, await count(table, 'user_id', others.user)]).toEqual([table, 1])
    }
    expect(await count('poses', 'id', theirs.pose)).toBe(1)
    expect(await columnOf('avatar_reports', 'avatar_id', theirs.report)).toBeNull()
  })
})
