import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { providerObject } from '../../src/objects'
import { imageProviders } from '../../src/providers/registry'
import { openShoot, pictureRows } from '../support/drive'
import { configWith, controlOf } from '../support/providers'
import { failing, openUser } from '../support/queue'

const FAL = { IMAGE_PROVIDERS: 'fal' }
const fal = controlOf(env.FAL_QUEUE_URL)
const wavespeed = controlOf(env.WAVESPEED_URL)
const workersAi = controlOf(env.CF_API_URL)
const classifier = controlOf(env.NSFW_CLASSIFIER_URL)
const providers = imageProviders(configWith({ IMAGE_PROVIDERS: 'fal,wavespeed,workers-ai' }), env)
/** A picture of 256 x 256 is billed as one megapixel. */
const FAL_MICRO_USD = 75_000
const WAVESPEED_MICRO_USD = 30_000

beforeEach(async () => {
  vi.useRealTimers()
  await Promise.all([fal, wavespeed, workersAi, classifier].map((server) => server.reset()))
  for (const provider of providers)
    await runInDurableObject(providerObject(env, provider), (_object, { storage }) => forgetAll(storage))
})
afterEach(() => void vi.useRealTimers())

function forgetAll({ sql }: DurableObjectStorage): void {
  const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
  for (const { name } of tables.toArray()) if (name !== 'schema_step') sql.exec(`DELETE FROM "${name}"`)
  sql.exec('INSERT INTO meter(only) VALUES (1)')
}

const statusOf = (id: string) => {
  const provider = providers.find((each) => each.id === id)!
  return providerObject(env, provider).status(provider.limits!)
}
const passMinutes = (minutes: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })

describe('a job that was begun upstream is paid once', () => {
  test('though the seller’s object is away for a moment when the job is to be kept', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step(failing('keepRun', { times: 1 }))
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed' })
    expect(await fal.stats()).toMatchObject({ submissions: 1 })
  })

  test('though its provider was taken off IMAGE_PROVIDERS meanwhile: it is fetched there', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
    await shoot.step({ IMAGE_PROVIDERS: 'wavespeed' })
    expect(await pictureRows(shoot.job.id)).toMatchObject([{ provider: 'fal' }])
    expect(await wavespeed.stats()).toMatchObject({ submissions: 0 })
    expect((await statusOf('fal')).slots.inUse).toBe(0)
  })
})

describe('what a provider may bill is booked', () => {
  test.each(['half-picture', 'wrong-size', 'no-picture', 'gone'])('for a job whose result was %s', async (fault) => {
    await fal.breakNext(fault)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.run(100)
    expect(await fal.stats()).toMatchObject({ submissions: 2 })
    expect((await statusOf('fal')).spentTodayMicroUsd).toBe(2 * FAL_MICRO_USD)
  })

  test('for an answer to a submission that nobody can read: the job may have been begun', async () => {
    await fal.breakNext('page')
    const user = await openUser()
    await (await openShoot(user, FAL)).run(100)
    expect((await statusOf('fal')).spentTodayMicroUsd).toBe(2 * FAL_MICRO_USD)
  })

  test.each(['500', '429', 'failed'])('and nothing for %s', async (fault) => {
    await fal.breakNext(fault)
    const user = await openUser()
    await (await openShoot(user, FAL)).run(100)
    expect((await statusOf('fal')).spentTodayMicroUsd).toBe(FAL_MICRO_USD)
  })

  test('for a cancelled shoot at a provider that cannot be told, and its slot is taken until the job is over', async () => {
    await wavespeed.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'wavespeed' })
    await shoot.step()
    await user.object().cancel(shoot.job.id, 'ses_test')
    await shoot.step()
    expect(await statusOf('wavespeed')).toMatchObject({
      ...{ spentTodayMicroUsd: WAVESPEED_MICRO_USD, slots: { inUse: 1 } },
    })
    passMinutes(4)
    expect(await statusOf('wavespeed')).toMatchObject({
      ...{ spentTodayMicroUsd: WAVESPEED_MICRO_USD, slots: { inUse: 0 } },
    })
  })

  test('for a cancelled shoot whose job the provider called off: it may have begun; but its slot is free', async () => {
    await fal.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step()
    await user.object().cancel(shoot.job.id, 'ses_test')
    await shoot.step()
    expect(await statusOf('fal')).toMatchObject({ spentTodayMicroUsd: FAL_MICRO_USD, slots: { inUse: 0 } })
  })

  test('twice for a consumer that died between submitting and keeping the job, which another then began again', async () => {
    await fal.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    await shoot.step(failing('keepRun', { and: ['finish'] }))
    passMinutes(2)
    await shoot.step()
    expect(await fal.stats()).toMatchObject({ submissions: 2 })
    expect(await statusOf('fal')).toMatchObject({ spentTodayMicroUsd: 2 * FAL_MICRO_USD, slots: { inUse: 2 } })
  })
})

describe('a consumer that was overtaken', () => {
  test('gives back its own slot and not that of the one that goes on', async () => {
    await fal.latency(3_600_000)
    const user = await openUser()
    const shoot = await openShoot(user, FAL)
    const overtaking = before('keepRun', async () => {
      passMinutes(2)
      await shoot.step()
    })
    await shoot.step(overtaking)
    expect(await fal.stats()).toMatchObject({ submissions: 2, inFlight: 1, cancels: 1 })
    expect((await statusOf('fal')).slots.inUse).toBe(1)
  })
})

describe('a provider that answers with the picture itself', () => {
  test('has it judged by the classifier', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, { IMAGE_PROVIDERS: 'workers-ai', NSFW_MODE: 'classify' })
    await shoot.run(100)
    expect(await shoot.view()).toMatchObject({ status: 'completed' })
    expect(await workersAi.stats()).toMatchObject({ submissions: 1 })
  })
})

/** An environment in which `work` happens just before the first such call reaches the seller's object. */
function before(method: 'keepRun', work: () => Promise<void>) {
  let isFirst = true
  const getByName = (name: string) =>
    new Proxy(env.USER.getByName(name), {
      get(stub, property) {
        const real = Reflect.get(stub, property)
        if (property !== method || !isFirst) return real
        isFirst = false
        return async (...sent: unknown[]) => {
          await work()
          return real(...sent)
        }
      },
    })
  return { USER: { getByName } }
}
