import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { randomFrom } from '../../scripts/prove/random'
import type { PoseMessage } from '../../src/messages'
import { providerObject } from '../../src/objects'
import { imageProviders } from '../../src/providers/registry'
import { pictureRows } from '../support/drive'
import { books } from '../support/jobs'
import { configWith, controlOf } from '../support/providers'
import { deliver, messagesOf, type OpenUser, openUser, startFor } from '../support/queue'

const SLOTS = 2
const VARS = { IMAGE_PROVIDERS: 'fal', PROVIDER_LIMITS: JSON.stringify({ fal: { slots: SLOTS } }) }
const MICRO_USD = 75_000
const POSES = 6
const STEPS = 60
/** How long a job takes at the fake provider, by the true clock; the clock of the Worker is the test's. */
const LATENCY_MS = 15

const fal = controlOf(env.FAL_QUEUE_URL)
const provider = imageProviders(configWith(VARS), env)[0]!
const status = () => providerObject(env, provider).status(provider.limits!)

beforeEach(async () => {
  vi.useRealTimers()
  await fal.reset()
  await runInDurableObject(providerObject(env, provider), (_object, { storage: { sql } }) => {
    const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
    for (const { name } of tables.toArray()) if (name !== 'schema_step') sql.exec(`DELETE FROM "${name}"`)
    sql.exec('INSERT INTO meter(only) VALUES (1)')
  })
})
afterEach(() => void vi.useRealTimers())

/** Bindings of a consumer that dies at its `calls`-th call of an object or of R2: this one and all later ones fail. */
function dyingAfter(calls: number) {
  let left = calls
  const dying = <Binding extends object>(binding: Binding): Binding =>
    new Proxy(binding, {
      get(target, property) {
        return (...sent: unknown[]) => {
          if (left-- <= 0) throw new Error('the consumer is dead')
          return (target as Record<PropertyKey, (...sent: unknown[]) => unknown>)[property]!(...sent)
        }
      },
    })
  const named = (objects: { getByName(name: string): object }) => ({
    getByName: (name: string) => dying(objects.getByName(name)),
  })
  return { USER: named(env.USER), PROVIDER: named(env.PROVIDER), MEDIA: dying(env.MEDIA) }
}

type Shoot = { user: OpenUser; jobId: string; known: number }

/** Two sellers, whose messages are mixed up, doubled, lost and handled by consumers that die. */
async function storm(seed: number) {
  const random = randomFrom(seed)
  const shoots: Shoot[] = []
  let waiting: PoseMessage[] = []
  for (let n = 0; n < 2; n++) {
    const user = await openUser()
    const { id } = await startFor(user, { poses: POSES })
    waiting.push(...(await messagesOf(user, id, POSES)))
    shoots.push({ user, jobId: id, known: user.sent.length })
  }
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1_000)

  async function handle(messages: PoseMessage[], dies: boolean) {
    const sent: PoseMessage[] = []
    const queue = { send: async (body: PoseMessage) => void sent.push(body) }
    const vars = { ...VARS, GENERATION_QUEUE: queue, ...(dies && dyingAfter(random.int(1, 7))) }
    const named = messages.map((body) => ({ body, id: crypto.randomUUID() }))
    const { retried } = await deliver(named, { vars: vars as Partial<Record<keyof Env, unknown>> })
    waiting.push(...sent, ...named.flatMap(({ body, id }) => (id in retried ? body : [])))
  }
  async function ring() {
    for (const shoot of shoots) {
      await runDurableObjectAlarm(shoot.user.object())
      waiting.push(...shoot.user.sent.slice(shoot.known))
      shoot.known = shoot.user.sent.length
    }
  }

  for (let step = 0; step < STEPS; step++) {
    const taken = waiting.filter(() => random.int(0, 1) === 0).slice(0, 2)
    const isDoubled = random.int(0, 5) === 0
    waiting = waiting.filter((message) => isDoubled || !taken.includes(message))
    await handle(taken, random.int(0, 1) === 0)
    if (random.int(0, 9) === 0) waiting = waiting.slice(1)
    if (random.int(0, 3) === 0) await ring()
    if (random.int(0, 99) === 0) await shoots[0]!.user.object().cancel(shoots[0]!.jobId, 'ses_test')
    pass(random.int(1, 9))
  }
  const isOpen = async () => {
    const views = await Promise.all(shoots.map(({ user, jobId }) => user.object().job(jobId)))
    return views.some((view) => view!.endedAt === null)
  }
  for (let turn = 0; turn < 200 && (await isOpen()); turn++) {
    const all = waiting
    waiting = []
    await handle(all, false)
    pass(random.int(5, 20))
    await ring()
  }
  return shoots
}

test.each([1, 2, 3, 4, 5, 6])(
  'whatever happens to consumers and messages, slots and money are accounted for (storm %i)',
  async (seed) => {
    await fal.latency(LATENCY_MS)
    const shoots = await storm(seed)
    const { submissions, maxInFlight } = await fal.stats()
    expect(maxInFlight).toBeLessThanOrEqual(SLOTS)
    for (const { user, jobId } of shoots) {
      const view = (await user.object().job(jobId))!
      expect(view.endedAt).not.toBeNull()
      expect(await user.sql(books)).toMatchObject({ held: 0, spent: 30 * view.completed })
      const rows = await pictureRows(jobId)
      expect(rows.map(({ cost_micro_usd }) => cost_micro_usd)).toEqual(rows.map(() => MICRO_USD))
      expect(rows.length).toBeGreaterThanOrEqual(view.completed)
      expect((await user.object().verify()).checks.filter(({ ok }) => !ok)).toEqual([])
    }
    const booked = (await status()).spentTodayMicroUsd
    expect(booked).toBe(submissions * MICRO_USD)
    vi.setSystemTime(Date.now() + 10 * 60_000)
    expect((await status()).slots.inUse).toBe(0)
  },
  60_000,
)
