import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { eventsAfter } from '../../../durable-objects/user/events'
import { areDelivered, findJob, viewJob } from '../../../durable-objects/user/jobs'
import { dueProjection } from '../../../durable-objects/user/outbox'
import { writeProjection } from '../../../durable-objects/user/project'
import { promote } from '../../../durable-objects/user/queueing'
import { rateRefusal } from '../../../durable-objects/user/rate-limit'
import { type StartAsk, start } from '../../../durable-objects/user/start'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { newId } from '../../../src/kernel/ids'
import { books, done, giveQuota, LEASE_MS, openAccount, startAsk, startJob, T0, withSql } from '../../support/jobs'
import { userRow } from '../../support/rows'

const LIMITS = { posesPerHour: 10, generatesPerMinute: 2 }

/** New backgrounds for so many pictures, at 10 credits each. */
const backgroundsAsk = (poses: number): StartAsk => ({
  ...startAsk({ poses, fund: 'credits' }),
  ...{ price: { poseCredits: 0, backgroundCredits: 10 }, limits: LIMITS, route: 'background' },
  job: {
    ...{ id: newId('backgroundJob'), projectId: '', type: 'BACKGROUND', textPrompt: null, app: 'backgrounds' },
    params: { wish: { mode: 'solid_color', color: '#FFFFFF', shadow: true } },
  },
})

/** Files of so many pictures. */
const exportAsk = (poses: number): StartAsk => ({
  ...startAsk({ poses, fund: 'credits' }),
  ...{ price: { poseCredits: 0, backgroundCredits: 0 }, limits: LIMITS, route: 'export' },
  job: {
    ...{ id: newId('export'), projectId: '', type: 'EXPORT', textPrompt: null, app: 'exports' },
    params: {
      name: 'shoot',
      formats: ['shopee_product'],
      options: { fill: 'sampled', withRecipe: true },
      versions: {},
    },
  },
})

test('a new background costs 10 credits for each picture that gets it, and nothing for one that does not', () =>
  withSql((sql) => {
    openAccount(sql, 100)
    const ask = backgroundsAsk(2)
    expect(start(sql, ask, T0)).toMatchObject({ ok: true, job: { creditsHeld: 20, app: 'backgrounds' } })
    for (const [position, backgroundDone] of [true, false].entries()) {
      const key = { jobId: ask.job.id, position }
      const claimed = claim(sql, key, LEASE_MS, T0)
      expect(claimed).toMatchObject({ go: true, app: 'backgrounds', params: { wish: { color: '#FFFFFF' } } })
      finish(sql, key, 1, done(backgroundDone), T0)
    }
    expect(books(sql)).toMatchObject({ available: 90, held: 0 })
  }))

test('an unlimited plan pays no background and loses no picture of the day to it', () =>
  withSql((sql) => {
    openAccount(sql, 100)
    giveQuota(sql, { dailyQuota: 5, expiresAt: null })
    expect(start(sql, backgroundsAsk(1), T0)).toMatchObject({ ok: true, job: { fund: 'credits', creditsHeld: 10 } })
  }))

test('files cost nothing, and who owes may still have the files of pictures that are paid', () =>
  withSql((sql) => {
    openAccount(sql, 100)
    sql.exec(
      `INSERT INTO purchase(payment_id, product_id, gateway, credits, target, grants, granted, reversals, reversed, owed)
       VALUES ('pay_1', 'credits-100', 'simulated', 100, 0, 1, 100, 1, 100, 40)`,
    )
    sql.exec('DROP TRIGGER entry_no_update')
    sql.exec('UPDATE entry SET owed_after = 40')
    expect(start(sql, backgroundsAsk(1), T0)).toMatchObject({ ok: false, code: 'INSUFFICIENT_CREDITS', owed: 40 })
    expect(start(sql, exportAsk(3), T0)).toMatchObject({ ok: true, job: { creditsHeld: 0 } })
  }))

test('files and backgrounds take nothing from the hour of shoots, nor these from each other', () =>
  withSql((sql) => {
    openAccount(sql, 1_000)
    start(sql, exportAsk(10), T0)
    start(sql, backgroundsAsk(10), T0)
    expect(rateRefusal(sql, 10, LIMITS, T0 + 1)).toBeNull()
    expect(rateRefusal(sql, 1, LIMITS, T0 + 1, 'exports')).toMatchObject({ limit: 'posesPerHour', remaining: 0 })
    expect(rateRefusal(sql, 1, LIMITS, T0 + 1, 'backgrounds')).toMatchObject({ limit: 'posesPerHour', remaining: 0 })
  }))

test('of one app what was asked for first is made first; another app waits for none of it', () =>
  withSql((sql) => {
    openAccount(sql, 10_000)
    const { id } = startJob(sql, { poses: 20, taskWindow: 2 }, T0)
    const [files, more, changes] = [exportAsk(5), exportAsk(1), backgroundsAsk(1)]
    for (const [n, ask] of [files, more, changes].entries()) start(sql, { ...ask, taskWindow: 2 }, T0 + 1 + n)
    const sent = promote(sql, T0 + 9).map(({ jobId, position }) => [jobId, position])
    const expected = [
      ...[
        [id, 0],
        [id, 1],
        [files.job.id, 0],
        [files.job.id, 1],
      ],
      [changes.job.id, 0],
    ]
    expect(sent).toHaveLength(expected.length)
    expect(sent).toEqual(expect.arrayContaining(expected))
    const ahead = (jobId: string) => viewJob(sql, findJob(sql, jobId)!, T0 + 9).queuePosition
    expect([files, more, changes].map(({ job }) => ahead(job.id))).toEqual([0, 5, 0])
    expect(promote(sql, T0 + 10)).toEqual([])
  }))

test('files that are being built make no shoot a large one', () =>
  withSql((sql) => {
    openAccount(sql, 1_000)
    const limits = { posesPerHour: 1_000, generatesPerMinute: 10 }
    expect(start(sql, { ...exportAsk(500), limits }, T0)).toMatchObject({ ok: true })
    const { id } = startJob(sql, { poses: 1 }, T0 + 1)
    promote(sql, T0 + 2)
    expect(claim(sql, { jobId: id, position: 0 }, LEASE_MS, T0 + 3)).toMatchObject({ go: true, share: 8 * 4 })
  }))

test('a picture that was called off while it was kept is nobody’s to export', () =>
  withSql((sql) => {
    openAccount(sql, 1_000)
    const { id } = startJob(sql, { poses: 2 }, T0)
    promote(sql, T0)
    claim(sql, { jobId: id, position: 1 }, LEASE_MS, T0)
    finish(sql, { jobId: id, position: 1 }, 1, done(), T0)
    expect(
      areDelivered(sql, [
        [id, 1],
        [id, 0],
        ['gen_unknown', 0],
      ]),
    ).toEqual([true, false, false])
  }))

test('D1 lists exports and changes of backgrounds, and no shoot among them', async () => {
  const userId = await userRow()
  const { id, projection, events } = await withSql((sql) => {
    openAccount(sql, 100)
    const ask = exportAsk(1)
    start(sql, ask, T0)
    const key = { jobId: ask.job.id, position: 0 }
    claim(sql, key, LEASE_MS, T0)
    finish(sql, key, 1, done(), T0)
    return { id: ask.job.id, projection: dueProjection(sql, T0)!, events: eventsAfter(sql, 0, 100)! }
  })
  await writeProjection(env.DB, userId, projection)
  const listed = env.DB.prepare('SELECT app, status, total, completed, credits_charged FROM picture_jobs WHERE id = ?')
  expect(await listed.bind(id).first()).toEqual({
    ...{ app: 'exports', status: 'completed', total: 1, completed: 1, credits_charged: 0 },
  })
  expect(await env.DB.prepare('SELECT id FROM generations WHERE id = ?').bind(id).first()).toBeNull()
  expect(events.map(({ type }) => type)).toEqual(['export_progress', 'export_ready'])
  expect(events.at(-1)).toMatchObject({ jobId: id, data: { posesCompleted: 1 } })
  expect(events.at(-1)).not.toHaveProperty('generationId')
})
