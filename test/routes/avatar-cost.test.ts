import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { createApp } from '../../src/app'
import { ORIGIN, signUp } from '../support/app'
import { AVATARS, avatarProjectRow, avatarRow } from '../support/avatars'
import { countedDatabase } from '../support/counted-database'
import type { Person } from '../support/people'
import { generationRow, projectRow, uploadRow } from '../support/rows'

let read = 0
const counted = {
  ...env,
  DB: countedDatabase((_written, rowsRead) => {
    read += rowsRead
  }),
} as unknown as Env

/** Rows of D1 that one call reads. */
async function rowsRead(path: string, method = 'GET'): Promise<number> {
  const before = read
  const execution = createExecutionContext()
  const headers = { authorization: `Bearer ${sari.accessToken}` }
  const answer = await createApp().fetch(
    new Request(`${ORIGIN}/api/v1${AVATARS}${path}`, { method, headers }),
    counted,
    execution,
  )
  await answer.arrayBuffer()
  await waitOnExecutionContext(execution)
  expect([answer.status, path]).toEqual([200, path])
  return read - before
}

const SMALL = 60
const LARGE = 600
const USES = 40
let sari: Person
let small: string
let avatarId: string
/** A tenth of somebody's avatars are in the small project, the others in the large one, made in turn. */
beforeAll(async () => {
  sari = await signUp()
  const large = await avatarProjectRow(sari.user.id)
  small = await avatarProjectRow(sari.user.id)
  avatarId = await avatarRow(sari.user.id, small)
  const { results } = await env.DB.prepare("select name from pragma_table_info('avatars')").all<{ name: string }>()
  const others = results.map(({ name }) => name).filter((name) => !['id', 'project_id', 'generation_id'].includes(name))
  await env.DB.prepare(
    `insert into avatars (id, project_id, generation_id, ${others})
     select 'avt_' || printf('%026d', value), iif(value % 11 = 0, ?1, ?2), 'avg_cost_' || value, ${others.map((name) => `avatars.${name}`)}
     from avatars, json_each(?3) where avatars.id = ?4`,
  )
    .bind(small, large, JSON.stringify(Array.from({ length: SMALL + LARGE - 1 }, (_, n) => n + 1)), avatarId)
    .run()
  const shoots = await projectRow(sari.user.id)
  for (let n = 0; n < USES; n++) await generationRow(sari.user.id, shoots, { avatarId })
})

/** What one page of 20 may read: its avatars and the one after them; now and then the settings of the apps too. */
const SETTINGS = 10
const PAGE = 21 + SETTINGS

test('a page of a small project reads its own avatars, however many the large one has', async () => {
  expect(await rowsRead(`/projects/${small}/avatars`)).toBeLessThanOrEqual(PAGE + 1)
  expect(await rowsRead(`/avatars?limit=20&projectId=${small}`)).toBeLessThanOrEqual(PAGE)
  // Its number of avatars is counted in the index.
  expect(await rowsRead(`/projects/${small}`)).toBeLessThanOrEqual(PAGE + 1 + SMALL)
})

test('a page of all avatars reads what it shows, one avatar reads one row', async () => {
  expect(await rowsRead('/avatars?limit=20')).toBeLessThanOrEqual(PAGE)
  expect(await rowsRead(`/avatars/${avatarId}`)).toBeLessThanOrEqual(1 + SETTINGS)
})

test('a page of history reads what it shows, the summary every use twice', async () => {
  expect(await rowsRead(`/avatars/${avatarId}/usage-history?limit=10`)).toBeLessThanOrEqual(1 + 11 + SETTINGS)
  expect(await rowsRead(`/avatars/${avatarId}/usage-summary`)).toBeLessThanOrEqual(1 + 2 * USES + SETTINGS)
})

test('the figures read one’s own avatars three times, and nobody else’s', async () => {
  expect(await rowsRead('/stats')).toBeLessThanOrEqual(3 * (SMALL + LARGE) + SETTINGS + 5)
  expect(await rowsRead('/projects')).toBeLessThanOrEqual(SMALL + LARGE + SETTINGS + 5)
})

test('a deletion reads what goes, and not all that somebody has', async () => {
  const others = await uploadRow(sari.user.id)
  await env.DB.batch([
    env.DB.prepare(
      `insert into uploads (id, user_id, object_key, width_px, height_px, size_bytes, created_at)
       select 'upl_cost_' || value, user_id, object_key, 1, 1, 1, 1 from uploads, json_each(?1) where uploads.id = ?2`,
    ).bind(JSON.stringify(Array.from({ length: LARGE }, (_, n) => n)), others),
    env.DB.prepare(
      `insert into projects (id, user_id, name, description, avatar_source, avatar_upload_id, status, created_at, updated_at)
       select 'prj_cost_' || id, user_id, 'P', '', 'UPLOAD', id, 'active', 1, 1 from uploads where id like 'upl_cost_%'`,
    ),
  ])
  const projectId = await avatarProjectRow(sari.user.id)
  const [first, second] = [await uploadRow(sari.user.id), await uploadRow(sari.user.id)]
  const one = await avatarRow(sari.user.id, small, { uploadId: first })
  await avatarRow(sari.user.id, projectId, { uploadId: second })
  await avatarRow(sari.user.id, projectId, { uploadId: second })
  // When it was written down: 104 and 183; it was some 2,700 for each.
  expect(await rowsRead(`/avatars/${one}`, 'DELETE')).toBeLessThanOrEqual(130)
  expect(await rowsRead(`/projects/${projectId}`, 'DELETE')).toBeLessThanOrEqual(230)
  // Its uses are read a few times each: 832.
  expect(await rowsRead(`/avatars/${avatarId}`, 'DELETE')).toBeLessThanOrEqual(200 + 20 * USES)
})
