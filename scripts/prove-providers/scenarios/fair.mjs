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
/** Of one picture upstream. Queues wait in whole seconds: at the first that is most of what a turn costs. */
const latenciesMs = [1_000, 5_000]
const few = 4
const many = 500
const runs = 3
const maxTimes = 3
/** As many of the large shoot must be made before the small one comes: it is in full swing. */
const madeBefore = 12
const limitMs = 180_000
/** Pictures of a cancelled shoot keep their place in the line until it is forgotten: MAX_RETRY_MS and GRACE_MS of the guard. */
const forgottenMs = 16_000

export async function run(world, { claim, note }) {
  const fake = world.fake('fal')
  const [a, b] = [await world.seller('a'), await world.seller('b')]
  for (const [n, latencyMs] of latenciesMs.entries()) {
    if (n > 0) await wait(forgottenMs)
    await compare(world, { claim, note }, { fake, a, b, latencyMs })
  }
  const { maxInFlight } = await fake.stats()
  claim('never more under way than slots', `${maxInFlight} of ${slots}`, maxInFlight <= slots)
  const { held, spent } = await a.books()
  claim('the cancelled shoots hold nothing', `held ${held}, charged ${spent}`, held === 0)
}

/** B's few pictures alone, then beside A's many. */
async function compare(world, { claim, note }, { fake, a, b, latencyMs }) {
  await fake.latency(latencyMs)
  const alone = []
  for (let n = 0; n < runs; n++) alone.push(await timed(world, b, latencyMs + n, 'B alone'))
  const large = await shoot(a, { pictures: many, seed: latencyMs })
  const inFullSwing = ({ posesCompleted }) => posesCompleted >= madeBefore
  const before = await until('the large shoot is in full swing', () => a.generation(large), inFullSwing, { limitMs })
  const beside = []
  for (let n = 0; n < runs; n++) {
    // As a stranger would come: the slots of the run before are A's again.
    if (n > 0) await wait(2 * latencyMs)
    beside.push(await timed(world, b, latencyMs + 100 + n, 'B beside 500 of A'))
  }
  const after = await a.generation(large)
  await a.cancel(large)
  await until(
    'the large shoot ends',
    () => a.generation(large),
    ({ endedAt }) => endedAt !== null,
    { limitMs },
  )
  const [aloneMs, besideMs] = [quantile(alone, 0.5), quantile(beside, 0.5)]
  const at = `${latencyMs / 1000} s a picture`
  note(`${at}: ${few} alone`, alone.map(inSeconds).join(', '))
  note(
    `${at}: ${few} beside ${many}`,
    `${beside.map(inSeconds).join(', ')}; A got ${after.posesCompleted - before.posesCompleted}`,
  )
  claim(
    `${at}: at most ${maxTimes} times as long, by the medians`,
    `${inSeconds(besideMs)} / ${inSeconds(aloneMs)} = ${(besideMs / aloneMs).toFixed(2)}`,
    besideMs <= maxTimes * aloneMs,
  )
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
    { limitMs, everyMs: 100 },
  )
  if (generation.posesCompleted !== few) throw new Error(`${what}: ${generation.posesCompleted} of ${few} came`)
  return Date.now() - startedMs
}

const inSeconds = (ms) => `${(ms / 1000).toFixed(1)} s`
