// The provider is gone: the circuit opens, sellers lose nothing, and all is well again soon after it is back.
import { setTimeout as wait } from 'node:timers/promises'
import { claimBooks } from '../books.mjs'
import { counted } from '../claims.mjs'
import { requestOf, shoot } from '../seller.mjs'
import { until } from '../world.mjs'

export const settings = () => ({
  IMAGE_PROVIDERS: 'fal',
  PROVIDER_LIMITS: JSON.stringify({ fal: { slots: 8, perMinute: 10_000, dailyUsd: 1_000 } }),
})
/** Tries of a picture that finds no line: RULES in src/providers/errors.ts. */
export const triesWithoutLine = 4
const watchedMs = 180_000
const maxCallsToOpen = 10
const minSaved = 0.9
/** The longest pause of the circuit is 5 minutes. */
const closeLimitMs = 6 * 60_000

export async function run(world, { claim, note }, { pictures = 100 }) {
  const fake = world.fake('fal')
  const admin = await world.seller('admin', { role: 'admin' })
  const seller = await world.seller('seller')
  await fake.dead(true)
  const id = await shoot(seller, { pictures, seed: 1 })
  const startedMs = Date.now()
  const opened = await until(
    'the circuit opens',
    async () => ({ ...(await circuit(admin)), ...(await fake.stats()) }),
    ({ state }) => state === 'open',
    { limitMs: 60_000, everyMs: 100 },
  )
  claim(
    `the circuit opens within ${maxCallsToOpen} calls`,
    `${opened.calls} calls, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`,
    opened.calls <= maxCallsToOpen,
  )
  // It is looked at every 5 seconds, so it may be that long behind.
  const health = await until(
    'health',
    () => deepHealth(world.origin),
    ({ banner }) => banner !== null,
    {
      limitMs: 15_000,
    },
  ).catch(() => deepHealth(world.origin))
  claim(
    '/health/deep says so, with a banner',
    `pictures ${health.parts.pictures}: ${health.banner?.en.slice(0, 40)}…`,
    health.parts.pictures === 'down' && health.banner !== null,
  )
  const { isDelayed } = await seller.progress(id)
  claim('the shoot says that it is delayed', String(isDelayed), isDelayed === true)
  const generation = await until(
    'the shoot ends',
    async () => {
      const seen = await seller.generation(id)
      world.show(seen.posesFailed, pictures, `dead, ${(await fake.stats()).calls} calls`, seen.posesFailed)
      return seen
    },
    ({ endedAt }) => endedAt !== null,
    { limitMs: watchedMs * 2, everyMs: 1_000 },
  )
  note('given up after', `${((Date.parse(generation.endedAt) - startedMs) / 1000).toFixed(0)} s`)
  await wait(Math.max(0, startedMs + watchedMs - Date.now()))
  const { calls } = await fake.stats()
  const tries = pictures * triesWithoutLine
  claim(
    `${watchedMs / 1000} s: at least ${minSaved * 100} % fewer calls than ${pictures} x ${triesWithoutLine}`,
    `${calls} of ${tries}: ${((1 - calls / tries) * 100).toFixed(1)} % fewer`,
    calls <= tries * (1 - minSaved),
  )
  claim('nothing was delivered, all failed', String(generation.posesFailed), generation.posesFailed === pictures)
  const errors = (await seller.results(id)).map(({ error }) => error)
  note('failed with', counted(errors))
  await claimBooks({ claim }, seller, generation)
  await comesBack(world, { claim, note }, { fake, admin, seller })
}

/** Nobody resets anything: sellers ask again until they are let in, and their pictures are the probes. */
async function comesBack(world, { claim, note }, { fake, admin, seller }) {
  await fake.dead(false)
  const backMs = Date.now()
  const request = await requestOf(seller, { pictures: 4, seed: 2 })
  let refused = 0
  const started = await until(
    'a new shoot is let in',
    async () => {
      const answer = await seller.ask(request)
      if (answer.status === 503) refused++
      world.show(0, 4, `back, ${refused} times refused`)
      return answer
    },
    ({ status }) => status === 202,
    { limitMs: closeLimitMs, everyMs: 5_000 },
  )
  const letInMs = Date.now()
  const { id } = started.body.generation
  const generation = await until(
    'the new shoot ends',
    () => seller.generation(id),
    ({ endedAt }) => endedAt !== null,
    {
      limitMs: closeLimitMs,
    },
  )
  note(
    'back: the next shoot is let in after',
    `${((letInMs - backMs) / 1000).toFixed(0)} s, ${refused} times refused with 503`,
  )
  claim('back: it is delivered', `${generation.posesCompleted} of 4`, generation.posesCompleted === 4)
  const { state } = await circuit(admin)
  claim('back: admins see the circuit closed, by itself', state, state === 'closed')
  note('back: all well after', `${((Date.now() - backMs) / 1000).toFixed(0)} s`)
}

async function circuit(admin) {
  const { items } = await admin.account.must({ path: '/admin/providers' })
  const { status } = items.find(({ id }) => id === 'fal')
  return { state: status.circuit, openUntil: status.openUntil }
}

async function deepHealth(origin) {
  const body = await (await fetch(`${origin}/api/v1/health/deep`)).json()
  return body.error?.details ?? body
}
