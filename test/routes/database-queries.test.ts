import { createExecutionContext, createScheduledController, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { writeProjection } from '../../durable-objects/user/project'
import { createApp } from '../../src/app'
import { scheduled } from '../../src/cron'
import { newId } from '../../src/kernel/ids'
import { ORIGIN, signUp } from '../support/app'
import { moveOrder, noticeOf, ordered } from '../support/gateways'
import { anyAddress, type Person } from '../support/people'
import { makeAdmin } from '../support/rows'
import { deliver, holdQueue, startShoot } from '../support/shoots'
import { buildWorld, examples, pathOf, routes, type World } from '../support/walk'

/** Every statement that the code has prepared since the beginning. */
const statements = new Set<string>()

/** D1 that writes down what it is asked to prepare. */
const recording = new Proxy(env.DB, {
  get(database, name) {
    if (name === 'prepare')
      return (sql: string) => {
        statements.add(sql)
        return database.prepare(sql)
      }
    const value: unknown = Reflect.get(database, name)
    return typeof value === 'function' ? value.bind(database) : value
  },
})
const watched: Env = { ...env, DB: recording }

async function call(path: string, person: Person | null, sent: RequestInit = {}): Promise<number> {
  const headers = new Headers(sent.headers)
  headers.set('cf-connecting-ip', anyAddress())
  if (person) headers.set('authorization', `Bearer ${person.accessToken}`)
  const execution = createExecutionContext()
  const url = path.startsWith('//') ? ORIGIN + path.slice(1) : `${ORIGIN}/api/v1${path}`
  const answer = await createApp().fetch(new Request(url, { ...sent, headers }), watched, execution)
  await answer.body?.cancel()
  await waitOnExecutionContext(execution)
  return answer.status
}

let world: World
let admin: Person
beforeAll(async () => {
  world = await buildWorld()
  // What the edge has kept of this version by now would not be asked for.
  await env.DB.prepare('update library_state set version = version + 1').run()
  admin = await makeAdmin(await signUp())
  // Deleting comes last: what is gone cannot be asked about.
  const order = [...routes].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
  for (const route of order) {
    const example = examples[route.operationId]!(world)
    const person = route['x-access'] === 'admin' ? admin : world.owner
    for (const json of example.json ?? [undefined]) {
      const headers: Record<string, string> = {
        ...example.headers,
        ...(json && { 'content-type': 'application/json' }),
      }
      const body = json ? JSON.stringify(json) : example.body
      const status = await call(pathOf(route, example), person, {
        method: route.method,
        headers,
        ...(body && { body }),
      })
      expect(status, route.operationId).toBeLessThan(500)
    }
  }
  await call(`/apps/pose-generator/generations?projectId=${world.projectId}&status=completed`, world.owner)
  for (const list of ['projects', 'generations'])
    await call(`/apps/pose-generator/${list}?cursor=${world.projectId}`, world.owner)
  for (const query of ['', `?cursor=${world.avatarId}`, `?projectId=${world.avatarProjectId}`, '?sourceType=uploaded'])
    await call(`/apps/avatar-creator/avatars${query}`, world.owner)
  await call('/apps/avatar-creator/projects', world.owner)
  await call(`/payments?cursor=${world.paymentId}`, world.owner)
  for (const query of ['', '?cursor=ntc_1', '?cursor=ntc_1&state=failed'])
    await call(`/admin/payment-notices${query}`, admin)
  await hearOfPayment(await signUp())
  await call('/admin/dead-letters?cursor=dlq_1', admin)
  for (const list of ['audit', 'credit-adjustments', 'users'])
    for (const query of ['', '?cursor=usr_1']) await call(`/admin/${list}${query}`, admin)
  // What another file asked for in this version of the library would be answered from the cache.
  await env.DB.prepare('update library_state set version = version + 1').run()
  for (const query of [
    'sort=curated',
    'sort=popular',
    'sort=newest',
    'sort=name',
    'sort=rating',
    'tags=box,holding&view=front',
    'view=front&difficulty=beginner&featured=true',
    'category=box&tags=box,holding&gender=male&featured=true',
    'search=box&sort=relevance',
  ])
    await call(`/apps/pose-generator/library?${query}`, null)
  await call('/apps/pose-generator/library?sort=name', null, { headers: { 'accept-language': 'en' } })
  await call('/apps/pose-generator/library/facets', null)
  await consumeOne()
  await writeProjection(recording, world.owner.user.id, projectionOf(world))
  const execution = createExecutionContext()
  await scheduled(createScheduledController(), watched, execution)
  await waitOnExecutionContext(execution)
}, 60_000)

/** A gateway tells of a plan that was paid, of one that cannot be, and of an order that nobody knows. */
async function hearOfPayment(person: Person): Promise<void> {
  const tell = async (id: string, options: Record<string, string> = {}) => {
    const { contentType, body } = await noticeOf('midtrans', id, options)
    const headers = { 'content-type': contentType }
    return call('/payments/callback/midtrans', null, { method: 'POST', headers, body })
  }
  const { id } = await ordered(person, 'midtrans', 'pro-monthly')
  await moveOrder('midtrans', id, { state: 'paid' })
  expect([await tell(id, { amount: '1.00' }), await tell(id)]).toEqual([200, 200])
  const unknown = newId('payment')
  await moveOrder('midtrans', unknown, { state: 'paid' })
  expect(await tell(unknown)).toBe(503)
}

async function consumeOne(): Promise<void> {
  const person = await signUp()
  await holdQueue(person)
  const { generation } = await startShoot(person)
  await deliver(person, generation.id, [0], { DB: recording })
}

const projectionOf = (world: World): Parameters<typeof writeProjection>[2] => ({
  jobs: [
    {
      view: {
        ...{ id: world.generationId, app: 'pose-generator', projectId: world.projectId, type: 'GALLERY_REFERENCE' },
        ...{ textPrompt: null, status: 'completed', fund: 'credits', total: 1, completed: 1, failed: 0, cancelled: 0 },
        ...{ creditsHeld: 30, creditsCharged: 30, creditsReleased: 0, createdAt: 1, startedAt: 1, endedAt: 1 },
        ...{ queuePosition: 0, currentPose: null, remainingMs: 0, isDelayed: false },
      },
      ...{ version: 1, poseIds: ['carry-box-chest'], avatarId: world.avatarId },
    },
    {
      view: {
        ...{
          id: newId('avatarGeneration'),
          app: 'avatar-creator',
          projectId: world.avatarProjectId,
          type: 'variation',
        },
        ...{ textPrompt: null, status: 'completed', fund: 'credits', total: 1, completed: 1, failed: 0, cancelled: 0 },
        ...{ creditsHeld: 10, creditsCharged: 10, creditsReleased: 0, createdAt: 1, startedAt: 1, endedAt: 1 },
        ...{ queuePosition: 0, currentPose: null, remainingMs: 0, isDelayed: false },
      },
      ...{ version: 1, poseIds: [], avatarId: world.avatarId },
    },
  ],
  entries: [
    {
      ...{ seq: 1, key: 'k', kind: 'grant', from: 'source:welcome', to: 'available', credits: 1, grantId: 'welcome' },
      ...{ reference: 'welcome', at: 1, availableAfter: 1, heldAfter: 0, owedAfter: 0, memo: null },
    },
  ],
})

/** Tables that grow with the users; the others are as large as the library. */
const GROWING = [
  ...[
    'users',
    'uploads',
    'projects',
    'generations',
    'generated_poses',
    'pose_selections',
    'payments',
    'credit_entries',
  ],
  ...['credit_adjustments', 'audit_log', 'subscriptions', 'payment_notices'],
  ...['dead_letters', 'pose_favorites', 'pose_ratings', 'pose_requests', 'pose_request_votes'],
  ...[
    'avatar_projects',
    'avatars',
    'avatar_usages',
    'avatar_consents',
    'avatar_reports',
    'avatar_deletions',
    'app_jobs',
  ],
]

type Step = { sql: string; detail: string }

/** What SQLite means to do for each statement (https://sqlite.org/eqp.html). */
async function plans(): Promise<Step[]> {
  const steps: Step[] = []
  for (const sql of statements) {
    const numbered = [...sql.matchAll(/\?(\d+)/g)].map(([, number]) => Number(number))
    const values = numbered.length > 0 ? Math.max(...numbered) : (sql.match(/\?/g) ?? []).length
    const explained = env.DB.prepare(`explain query plan ${sql}`).bind(...Array(values).fill(null))
    const { results } = await explained.all<{ detail: string }>()
    steps.push(...results.map(({ detail }) => ({ sql, detail })))
  }
  return steps
}

describe('query plans', () => {
  test('the walk met the statements of every table that a route touches', () => {
    const text = [...statements].join('\n')
    for (const table of [
      'users',
      'uploads',
      'projects',
      'generations',
      'generated_poses',
      'payments',
      'poses',
      'credit_entries',
      'dead_letters',
      'avatar_projects',
      'avatars',
      'avatar_usages',
      'app_jobs',
    ])
      expect(text).toContain(table)
    expect(statements.size).toBeGreaterThan(30)
  })

  test('no statement reads a growing table from end to end', async () => {
    const scans = (await plans()).filter(({ detail }) =>
      GROWING.some((table) => new RegExp(`^SCAN ${table}\\b`).test(detail)),
    )
    // An insert looks for children of its new row only while a foreign key is broken, which no statement here leaves.
    const asked = scans.filter(({ sql, detail }) => !/^insert/i.test(sql) || sql.includes(detail.split(' ')[1]!))
    // In the order of its key, and no further than LIMIT: as long as nothing has to be sorted first.
    const unbounded = asked.filter(({ sql }) => !/order by "\w+"\."id" desc limit \?$/.test(sql))
    expect(unbounded).toEqual([])
  })

  test('no list of a growing table is sorted in memory', async () => {
    const sorted = (await plans()).filter(
      ({ sql, detail }) =>
        detail.includes('USE TEMP B-TREE') &&
        // Whether one row is there is no list: a card says if it is a favourite.
        // The five avatars that somebody used most, of his own: the sorter keeps five.
        !/from "avatars" .* order by "avatars"\."usage_count" desc/.test(sql) &&
        GROWING.some((table) => sql.replaceAll(/exists \(select 1 from "\w+"/g, '').includes(`from "${table}"`)),
    )
    expect(sorted.filter(({ detail }) => detail.includes('ORDER BY'))).toEqual([])
  })

  test('every index serves a query, a rule or a foreign key', async () => {
    const { results } = await env.DB.prepare(
      "select name, tbl_name as tableName, sql from sqlite_master where type = 'index' and sql is not null",
    ).all<{ name: string; tableName: string; sql: string }>()
    const steps = await plans()
    const idle: string[] = []
    for (const { name, tableName, sql } of results) {
      const column = await env.DB.prepare(`pragma index_info("${name}")`).first<string>('name')
      const keys = await env.DB.prepare(`pragma foreign_key_list("${tableName}")`).all<{ from: string }>()
      const isUsed = steps.some(({ detail }) => detail.includes(`INDEX ${name}`))
      const isRule = /^create unique/i.test(sql)
      const isForForeignKey = keys.results.some((key) => key.from === column)
      if (!isUsed && !isRule && !isForForeignKey) idle.push(name)
    }
    expect(idle).toEqual([])
  })

  test('what users wait for goes by these indexes', async () => {
    const used = new Set((await plans()).flatMap(({ detail }) => /INDEX (\w+)/.exec(detail)?.[1] ?? []))
    for (const index of [
      'users_email_unique',
      'projects_by_user',
      'generations_by_user',
      'generated_poses_by_position',
      'payments_by_user',
      'poses_by_order',
      ...['avatar_projects_by_user', 'avatars_by_user', 'avatars_by_project', 'avatar_usages_by_avatar'],
      'app_jobs_by_user',
    ])
      expect(used).toContain(index)
  })
})
