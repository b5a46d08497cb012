import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Recipe } from '../../src/db/tables/recipe'
import { masterKey } from '../../src/generations/object-keys'
import { sha256Hex } from '../../src/kernel/hash'
import { providerObject } from '../../src/objects'
import { imageProviders } from '../../src/providers/registry'
import { RunState } from '../../src/providers/run-state'
import { openShoot, pictureRows } from '../support/drive'
import { books } from '../support/jobs'
import { configWith, controlOf, controlPixelsSha256, saidIn, specOf } from '../support/providers'
import { openUser } from '../support/queue'

const FAL = { IMAGE_PROVIDERS: 'fal' }
const there = controlOf(env.FAL_QUEUE_URL)
const wavespeed = controlOf(env.WAVESPEED_URL)
const canary = controlOf(env.TEST_CANARY_URL)
const workersAi = controlOf(env.CF_API_URL)
const providers = imageProviders(configWith({ IMAGE_PROVIDERS: 'fal,wavespeed,workers-ai,huggingface-text' }), env)
const { model } = providers[0]!

beforeEach(async () => {
  vi.useRealTimers()
  await Promise.all([there.reset(), wavespeed.reset(), workersAi.reset()])
  // Other tests' failures are not this test's circuit.
  for (const provider of providers)
    await runInDurableObject(providerObject(env, provider), (_object, { storage }) => forgetAll(storage))
})
afterEach(() => void vi.useRealTimers())

function forgetAll({ sql }: DurableObjectStorage): void {
  const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
  for (const { name } of tables.toArray()) if (name !== 'schema_step') sql.exec(`DELETE FROM "${name}"`)
  sql.exec('INSERT INTO meter(only) VALUES (1)')
}

const runOf = async (user: Awaited<ReturnType<typeof openUser>>, jobId: string): Promise<RunState | null> =>
  user.sql((sql) => {
    const { run } = sql.exec<{ run: string | null }>('SELECT run FROM task WHERE job_id = ?', jobId).one()
    return run === null ? null : RunState.parse(JSON.parse(run))
  })

describe('a picture made by a queue upstream', () => {
  test('is begun once, asked after, and is the one that was made for this prompt, seed, size and pose', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 30 })
    const master = await env.MEDIA.get(masterKey(user.userId, shoot.job.id, 'pose-v0'))
    const said = await saidIn({ bytes: new Uint8Array(await master!.arrayBuffer()) })
    expect(said).toMatchObject({ promptSha256: await sha256Hex('holding a box'), seed: 0, width: 256, height: 256 })
    expect(said.controlSha256).toBe(await controlPixelsSha256(await specOf({ width: 256, height: 256 })))
    expect(await there.stats()).toMatchObject({ submissions: 1, delivered: 1 })
  })

  test('keeps its recipe and what it cost us', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    const [row] = await pictureRows(shoot.job.id)
    const recipe = JSON.parse(String(row?.recipe)) as Recipe
    expect(recipe).toMatchObject({ provider: 'fal', model, submissions: 1, degraded: [] })
    expect(recipe.settings).toMatchObject({ prompt: 'holding a box', seed: 0, steps: 28, guidance: 3.5 })
    expect(row).toMatchObject({ provider: 'fal', simulated: 0, cost_micro_usd: recipe.costMicroUsd })
  })

  test('is known to the task before it is first asked after', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    expect(await shoot.step()).toEqual([1])
    expect(await there.stats()).toMatchObject({ submissions: 1, polls: 0 })
    expect((await runOf(user, shoot.job.id))?.handle).toMatchObject({ providerId: 'fal', model })
  })

  test('that takes its time is asked after again and again, and no try is lost by waiting', async () => {
    await there.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    for (let n = 0; n < 25; n++) expect((await shoot.step()).length).toBe(1)
    expect(await there.stats()).toMatchObject({ submissions: 1 })
    expect(await shoot.view()).toMatchObject({ status: 'processing', failed: 0 })
  })

  test('that never comes is cancelled upstream after its time, and tried again', async () => {
    await there.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 181_000 })
    await shoot.step()
    expect(await there.stats()).toMatchObject({ cancels: 1, inFlight: 0 })
    expect((await runOf(user, shoot.job.id))?.failures).toEqual({ TIMEOUT: 1 })
  })

  test('whose consumer died after beginning it is asked after by the next, not begun again', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    // The consumer dies with the lease in its hand: nothing came back, the lease runs out.
    const claimed = await user.object().claim({ jobId: shoot.job.id, position: 0 }, 1)
    expect(claimed.go).toBe(true)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    await runDurableObjectAlarm(user.object())
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed' })
    expect(await there.stats()).toMatchObject({ submissions: 1, delivered: 1 })
  })

  test('whose message comes three times is asked after by one of them from then on', async () => {
    await there.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    shoot.repeatWaiting(3)
    await shoot.step()
    await shoot.step()
    expect(shoot.waiting()).toHaveLength(1)
    expect(await there.stats()).toMatchObject({ submissions: 1 })
  })

  test('that upstream has lost is begun once more', async () => {
    await there.breakNext('lost')
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 30 })
    expect(await there.stats()).toMatchObject({ submissions: 2 })
  })

  test('is not paid twice because R2 was away when it came', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    vi.spyOn(env.MEDIA, 'put').mockRejectedValueOnce(new Error('R2 is away'))
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed' })
    expect(await there.stats()).toMatchObject({ submissions: 1 })
  })
})

describe('a cancelled shoot', () => {
  test('gives its credits back at once and is cancelled upstream when its message comes', async () => {
    await there.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    await user.sql((sql) => sql.exec("UPDATE task SET due_at = due_at WHERE state = 'queued'"))
    const { code } = await user.object().cancel(shoot.job.id, 'ses_test')
    expect(code).toBe('cancelled')
    expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
    await shoot.step()
    expect(await there.stats()).toMatchObject({ cancels: 1, inFlight: 0 })
    expect(await runOf(user, shoot.job.id)).toBeNull()
  })
})

describe('a provider that fails', () => {
  test.each([
    ['429', 1],
    ['429-retry-after', 1],
    ['503-cold', 1],
    ['500', 1],
    ['reset', 1],
    ['page', 1],
    ['truncated', 0],
    ['html', 1],
    ['half-picture', 1],
    ['black', 1],
    ['nsfw-flag', 1],
    ['wrong-size', 1],
  ])('once with %s is asked again, and the picture is charged once', async (fault, resubmissions) => {
    await there.breakNext(fault)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 30, creditsReleased: 0 })
    expect((await there.stats()).submissions).toBe(1 + resubmissions)
    expect(await pictureRows(shoot.job.id)).toHaveLength(1)
  })

  test('with a picture that nobody may see makes another from the next seed, and the first is never readable (H6)', async () => {
    await there.breakNext('nsfw-flag')
    const user = await openUser()
    const put = vi.spyOn(env.MEDIA, 'put')
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    expect(await pictureRows(shoot.job.id)).toMatchObject([{ seed_used: 1 }])
    expect(put).toHaveBeenCalledTimes(2)
  })

  test('with indecent pictures only gives the credits back, and none of them is readable (H6)', async () => {
    await there.mix({ 'nsfw-flag': 1 })
    const user = await openUser()
    const put = vi.spyOn(env.MEDIA, 'put')
    const shoot = await openShoot(user, FAL)
    await shoot.run()
    expect(await user.object().unmadePictures(shoot.job.id)).toMatchObject({ tasks: [{ errorCode: 'MODERATED_OUT' }] })
    expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
    expect(put).not.toHaveBeenCalled()
  })

  test('to be judged lets no picture pass, and charges none (H5)', async () => {
    const user = await openUser()
    const put = vi.spyOn(env.MEDIA, 'put')
    const shoot = await openShoot(user, { ...FAL, NSFW_MODE: 'classify', NSFW_CLASSIFIER_URL: env.TEST_CANARY_URL })
    await shoot.run(300)
    expect(await shoot.view()).toMatchObject({ status: 'failed', creditsCharged: 0, creditsReleased: 30 })
    expect(put).not.toHaveBeenCalled()
    // The provider did its part: what our judge cannot do is no reason to ask it again and again.
    expect((await there.stats()).submissions).toBeLessThanOrEqual(4)
    await canary.reset()
  })

  test('for good gives every credit back', async () => {
    await there.mix({ '500': 1 })
    const user = await openUser()
    const shoot = await openShoot(user, FAL, { poses: 2 })
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'failed', creditsCharged: 0, creditsReleased: 60 })
    expect(await user.sql(books)).toMatchObject({ available: 300, held: 0, spent: 0 })
  })

  test('for its content fails at once, and nobody else is asked', async () => {
    await there.breakNext('moderated-in')
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'fal,wavespeed' })
    await shoot.run()
    expect(await user.object().unmadePictures(shoot.job.id)).toMatchObject({ tasks: [{ errorCode: 'MODERATED_IN' }] })
    expect([(await there.stats()).submissions, (await wavespeed.stats()).submissions]).toEqual([1, 0])
  })
})

describe('another provider', () => {
  test('that takes the pose makes the picture when the first has no money left, and it is charged once (I2)', async () => {
    await there.breakNext('402')
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'fal,wavespeed' })
    await shoot.run()
    expect(await pictureRows(shoot.job.id)).toMatchObject([{ provider: 'wavespeed' }])
    expect(await shoot.view()).toMatchObject({ creditsCharged: 30 })
  })

  test('is asked at once while the circuit of the first is open', async () => {
    await there.breakNext('401')
    const user = await openUser()
    await (await openShoot(user, { IMAGE_PROVIDERS: 'fal,wavespeed' })).run()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'fal,wavespeed' })
    await shoot.run()
    expect((await there.stats()).submissions).toBe(1)
    expect((await wavespeed.stats()).submissions).toBe(2)
  })

  test('that knows the pose by words alone is no substitute (I2)', async () => {
    await there.dead(true)
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'fal,huggingface-text' })
    await shoot.run(200)
    expect(await shoot.view()).toMatchObject({ status: 'failed', creditsReleased: 30 })
    expect(await pictureRows(shoot.job.id)).toEqual([])
  })

  test('that follows the pose as a picture says so in the recipe', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'workers-ai' })
    await shoot.run()
    const [row] = await pictureRows(shoot.job.id)
    expect((JSON.parse(String(row?.recipe)) as Recipe).degraded).toEqual(['control-as-reference'])
  })
})

describe('a provider that is down', () => {
  test('delays the shoot, says so once, and fails it when it stays away; nothing is charged (I1)', async () => {
    await there.dead(true)
    const user = await openUser()
    const shoot = await openShoot(user, FAL, { poses: 8 })
    await shoot.run(400)
    expect(await shoot.view()).toMatchObject({ status: 'failed', failed: 8, creditsCharged: 0, creditsReleased: 240 })
    const { events } = await user.object().events(0, 1_000)
    expect(events?.filter(({ type }) => type === 'pose_generation_delayed')).toHaveLength(1)
    expect((await there.stats()).calls).toBeLessThanOrEqual(20)
  })

  test('and comes back in time is asked again, and all are delivered', async () => {
    await there.dead(true)
    const user = await openUser()
    const shoot = await openShoot(user, FAL, { poses: 4 })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    const awayUntil = Date.now() + 60_000
    while (Date.now() < awayUntil) {
      const delays = await shoot.step()
      vi.setSystemTime(Date.now() + 1_000 * Math.max(1, Math.min(...delays)))
    }
    await there.dead(false)
    await shoot.run(400)
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 120 })
  })

  test('for an hour loses nothing of the first shoot after it', async () => {
    await there.dead(true)
    const user = await openUser()
    await (await openShoot(user, FAL, { poses: 5 })).run(400)
    vi.setSystemTime(Date.now() + 3_600_000)
    await there.dead(false)
    const shoot = await openShoot(user, FAL, { poses: 4 })
    await shoot.run(400)
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 120 })
  })
})
