// One seller asks for 500 pictures; another for 4, and must not wait for all of them.
import { setTimeout as wait } from 'node:timers/promises'
import { quantile } from '../claims.mjs'
import { shoot } from '../seller.mjs'
import { until } from '../world.mjs'

const slots = 4
export const settings = () => ({
  IMAGE_PROVIDERS: 'fal',
  PROVIDER_LIMITS: JSON.stringify({ fal: { slots, perMinute: 10_000, dailyUsd: 1_000 } }),
})
const latencyMs = Number(process.env.FAIR_LATENCY ?? 1_000)
const few = 4
const many = 500
const runs = 5
const maxTimes = 3
/** As many of the large shoot must be made before the small one comes: it is in full swing. */
const madeBefore = 12

export async function run(world, { claim, note }) {
  const fake = world.fake('fal')
  const [a, b] = [await world.seller('a'), await world.seller('b')]
  await fake.latency(latencyMs)
  const alone = []
  for (let n = 0; n < runs; n++) alone.push(await timed(world, b, n + 1, 'B alone'))
  const aloneMs = quantile(alone, 0.5)
  const large = await shoot(a, { pictures: many, seed: 1 })
  const before = await until(
    'the large shoot is in full swing',
    () => a.generation(large),
    ({ posesCompleted }) => posesCompleted >= madeBefore,
    { limitMs: 180_000 },
  )
  const beside = []
  for (let n = 0; n < runs; n++) {
    // As a stranger would come: the slots of the run before are A's again.
    if (n > 0) await wait(2 * latencyMs)
    beside.push(await timed(world, b, 100 + n, 'B beside 500 of A'))
  }
  const besideMs = quantile(beside, 0.5)
  const after = await a.generation(large)
  await a.cancel(large)
  await until(
    'the large shoot ends',
    () => a.generation(large),
    ({ endedAt }) => endedAt !== null,
    {
      limitMs: 60_000,
    },
  )
  const { maxInFlight } = await fake.stats()
  note(`${few} pictures alone`, `${alone.map(inSeconds).join(', ')}; median ${inSeconds(aloneMs)}`)
  note(`${few} pictures beside ${many}`, `${beside.map(inSeconds).join(', ')}; median ${inSeconds(besideMs)}`)
  note('made of the 500 meanwhile', `${after.posesCompleted - before.posesCompleted}`)
  claim(
    `${few} beside ${many}: at most ${maxTimes} times as long`,
    `${inSeconds(besideMs)} = ${(besideMs / aloneMs).toFixed(2)} x`,
    besideMs <= maxTimes * aloneMs,
  )
  claim('never more under way than slots', `${maxInFlight} of ${slots}`, maxInFlight <= slots)
  const { heldNow, charged } = await booksOf(a)
  claim('the cancelled shoot holds nothing', `held ${heldNow}, charged ${charged}`, heldNow === 0)
}

/** Milliseconds from asking to the end of a shoot of few pictures, all delivered. */
async function timed(world, seller, seed, what) {
  const startedMs = Date.now()
  const id = await shoot(seller, { pictures: few, seed })
  const generation = await until(
    what,
    async () => {
      const view = await seller.generation(id)
      world.show(view.posesCompleted, few, what)
      return view
    },
    ({ endedAt }) => endedAt !== null,
    { limitMs: 180_000, everyMs: 100 },
  )
  if (generation.posesCompleted !== few) throw new Error(`${what}: ${generation.posesCompleted} of ${few} came`)
  return Date.now() - startedMs
}

async function booksOf(seller) {
  const { held, spent } = await seller.books()
  return { heldNow: held, charged: spent }
}

const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`
