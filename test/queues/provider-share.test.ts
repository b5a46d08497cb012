import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, test } from 'vitest'
import { all } from '../../durable-objects/user/rows'
import { configOf } from '../../src/config'
import { TASK_WINDOWS } from '../../src/generations/start-job'
import { sha256Hex } from '../../src/kernel/hash'
import { SMALL_SHOOT_PICTURES, SMALL_SHOOT_SHARE } from '../../src/kernel/limits'
import { providerObject } from '../../src/objects'
import { imageProviders } from '../../src/providers/registry'
import { MINUTE_MS } from '../support/jobs'
import { deliver, messagesOf, openUser, startFor } from '../support/queue'

/** A provider with a single slot, which somebody else has: nobody here gets as far as calling it. */
const vars = { IMAGE_PROVIDERS: 'wavespeed', WAVESPEED_KEY: 'key', PROVIDER_LIMITS: '{"wavespeed":{"slots":1}}' }
const settings = { ...env, ...vars } as unknown as Env
const provider = imageProviders(configOf(settings), settings)[0]!
const object = () => providerObject(env, provider)

const LEASE_ID = 'somebody-else'

beforeEach(async () => {
  const ask = { leaseId: LEASE_ID, owner: LEASE_ID, weight: 1, leaseMs: MINUTE_MS, estimateMicroUsd: 0 }
  expect(await object().admit({ ...ask, limits: provider.limits! })).toEqual({ go: true })
})

const waiting = (owner: string) =>
  runInDurableObject(object(), (_object, { storage }) =>
    all(storage.sql, 'SELECT weight FROM waiter WHERE owner = ?', owner),
  )

test.each(
  Object.entries(TASK_WINDOWS).flatMap(([tier, window]) => [
    { tier, pictures: SMALL_SHOOT_PICTURES + 1, window, share: window },
    { tier, pictures: SMALL_SHOOT_PICTURES, window, share: window * SMALL_SHOOT_SHARE },
  ]),
)('a seller of tier $tier with $pictures pictures left waits for slots with a share of $share', async (seller) => {
  const { pictures, window, share } = seller
  const user = await openUser()
  const job = await startFor(user, { poses: pictures, taskWindow: window })
  const [body] = await messagesOf(user, job.id, 1)
  await deliver([{ body, id: 'first' }], { vars })
  const owner = (await sha256Hex(user.userId)).slice(0, 12)
  expect(await waiting(owner)).toEqual([{ weight: share }])
  expect(await user.object().job(job.id)).toMatchObject({ status: 'processing', failed: 0, isDelayed: false })
})
