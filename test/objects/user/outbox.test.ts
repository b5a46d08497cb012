import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, expect, test, vi } from 'vitest'
import { dueProjection, markProjected, type Projection } from '../../../durable-objects/user/outbox'
import { writeProjection } from '../../../durable-objects/user/project'
import { claim, finish } from '../../../durable-objects/user/tasks'
import { done, openAccount, startJob, T0, withSql } from '../../support/jobs'
import { messagesOf, type OpenUser, openUser, startFor } from '../../support/queue'
import { projectRow, userRow } from '../../support/rows'

afterEach(() => void vi.useRealTimers())

const row = (id: string) => env.DB.prepare('SELECT * FROM generations WHERE id = ?').bind(id).first()
const entryCount = async (userId: string) =>
  (
    await env.DB.prepare('SELECT COUNT(*) AS n FROM credit_entries WHERE user_id = ?')
      .bind(userId)
      .first<{ n: number }>()
  )?.n
const posesOf = async (id: string) =>
  (await env.DB.prepare('SELECT pose_id FROM pose_selections WHERE generation_id = ?').bind(id).all()).results

/** Three projections of one job's life: started, running, ended. */
const life = (projectId: string): Promise<Projection[]> =>
  withSql((sql) => {
    openAccount(sql, 300)
    const { id: jobId } = startJob(sql, { projectId, poses: 2, poseId: 'carry-box-chest' })
    const taken = [dueProjection(sql, T0)!]
    for (const position of [0, 1]) {
      claim(sql, { jobId, position }, 1_000, T0)
      finish(sql, { jobId, position }, 1, done(), T0)
      taken.push(dueProjection(sql, T0)!)
    }
    return taken
  })

test('D1 gets the job, its poses and every entry, and twice is once', async () => {
  const userId = await userRow()
  const [started] = await life(await projectRow(userId))
  await writeProjection(env.DB, userId, started!)
  await writeProjection(env.DB, userId, started!)
  const { id } = started!.jobs[0]!.view
  expect(await row(id)).toMatchObject({
    status: 'pending',
    poses_total: 2,
    credits_held: 60,
    version: 1,
    ended_at: null,
  })
  expect(await posesOf(id)).toEqual([{ pose_id: 'carry-box-chest' }])
  expect(await entryCount(userId)).toBe(2)
})

test('what comes late never overwrites what is newer', async () => {
  const userId = await userRow()
  const [started, running, ended] = await life(await projectRow(userId))
  for (const projection of [ended, running, started]) await writeProjection(env.DB, userId, projection!)
  expect(await row(started!.jobs[0]!.view.id)).toMatchObject({
    ...{ status: 'completed', poses_completed: 2, credits_charged: 60, ended_at: T0 },
  })
})

test('the end of a job brings its poses too, for a D1 that never saw its start', async () => {
  const userId = await userRow()
  const ended = (await life(await projectRow(userId))).at(-1)!
  await writeProjection(env.DB, userId, ended)
  expect(await posesOf(ended.jobs[0]!.view.id)).toEqual([{ pose_id: 'carry-box-chest' }])
})

test('a project that was deleted meanwhile takes nothing else down', async () => {
  const userId = await userRow()
  const [started] = await life('prj_deleted')
  await writeProjection(env.DB, userId, started!)
  expect(await row(started!.jobs[0]!.view.id)).toBeNull()
  expect(await entryCount(userId)).toBe(2)
})

test('an account that was deleted meanwhile is nobody’s trouble', async () => {
  const userId = await userRow()
  const [started] = await life(await projectRow(userId))
  await env.DB.prepare('DELETE FROM users WHERE id = ?').bind(userId).run()
  await writeProjection(env.DB, userId, started!)
  expect(await entryCount(userId)).toBe(0)
})

test('nothing to write asks nothing of D1', async () => {
  const batch = vi.fn()
  const d1 = { prepare: (query: string) => env.DB.prepare(query), batch } as unknown as D1Database
  await writeProjection(d1, 'usr_none', { jobs: [], entries: [] })
  expect(batch).not.toHaveBeenCalled()
})

test('a job that changed while it was written stays due', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    const { id: jobId } = startJob(sql)
    const written = dueProjection(sql, T0)!
    claim(sql, { jobId, position: 0 }, 1_000, T0)
    finish(sql, { jobId, position: 0 }, 1, done(), T0)
    markProjected(sql, written, T0 + 5)
    expect(dueProjection(sql, T0 + 4)).toBeNull()
    const rest = dueProjection(sql, T0 + 5)!
    expect(rest.jobs.map(({ view }) => view.status)).toEqual(['completed'])
    markProjected(sql, rest, T0 + 5)
    expect(dueProjection(sql, T0 + 3_600_000)).toBeNull()
  }))

test('entries alone wait a second for company', () =>
  withSql((sql) => {
    openAccount(sql, 300)
    expect(dueProjection(sql, T0 + 999)).toBeNull()
    expect(dueProjection(sql, T0 + 1_000)).toMatchObject({ jobs: [], entries: [{ seq: 1, kind: 'grant' }] })
  }))

/** D1 as this one user's object sees it, until it is back: every write fails. Others drain as ever beside it. */
async function d1Away(user: OpenUser) {
  const batch = vi.fn().mockRejectedValue(new Error('D1 is away'))
  const prepare = (query: string) => env.DB.prepare(query)
  const setEnv = (changed: object) =>
    runInDurableObject(user.object(), (object) => {
      const own = Reflect.get(object, 'env') as Env
      Object.defineProperty(object, 'env', { value: { ...own, ...changed }, configurable: true })
    })
  await setEnv({ DB: { prepare, batch } })
  return { batch, comeBack: () => setEnv({ DB: env.DB }) }
}

const settled = (user: OpenUser) => user.sql((sql) => dueProjection(sql, Date.now() + 1_000) === null)

test('while D1 is away jobs start, money is exact, and D1 catches up by itself when it is back', async () => {
  const user = await openUser()
  const away = await d1Away(user)
  const job = await startFor(user, { poses: 1 })
  // The message goes out all the same: the picture waits for nobody but its own row.
  await messagesOf(user, job.id, 1)
  expect(away.batch).toHaveBeenCalled()
  expect(await user.object().credits()).toMatchObject({ available: 270, held: 30 })
  expect(await row(job.id)).toBeNull()
  const failures = away.batch.mock.calls.length
  await user.object().credits()
  expect(away.batch).toHaveBeenCalledTimes(failures)

  await away.comeBack()
  vi.setSystemTime(Date.now() + 5_000)
  expect(await runDurableObjectAlarm(user.object())).toBe(true)
  await vi.waitUntil(() => settled(user))
  expect(await row(job.id)).toMatchObject({ status: 'pending', credits_held: 30 })
  expect(await entryCount(user.userId)).toBe(2)
  expect(await posesOf(job.id)).toHaveLength(1)
})

test('the alarm leaves D1 alone for five seconds after a failure', async () => {
  const user = await openUser()
  const away = await d1Away(user)
  const job = await startFor(user)
  await messagesOf(user, job.id, 1)
  const failures = away.batch.mock.calls.length
  await runDurableObjectAlarm(user.object())
  expect(away.batch).toHaveBeenCalledTimes(failures)
})
