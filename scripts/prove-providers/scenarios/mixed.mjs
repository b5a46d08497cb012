// A provider on a bad day, and two sellers who shoot at once: everything ends, and nothing is made or paid twice.
import { claimBooks } from '../books.mjs'
import { counted } from '../claims.mjs'
import { shoot } from '../seller.mjs'
import { until } from '../world.mjs'

const slots = 16
export const settings = () => ({
  IMAGE_PROVIDERS: 'fal',
  PROVIDER_LIMITS: JSON.stringify({ fal: { slots, perMinute: 10_000, dailyUsd: 1_000 } }),
})

/** Share of submissions that meet each. */
const rates = {
  ...{ 429: 0.1, '429-retry-after': 0.1, '503-cold': 0.1, 500: 0.1 },
  ...{ reset: 0.05, truncated: 0.05, html: 0.05, black: 0.02, hang: 0.02 },
}
const minDelivered = 0.99
const latencyMs = 1_000

export async function run(world, { claim, note }, { pictures = 200, seed = 1 }) {
  const fake = world.fake('fal')
  const sellers = [await world.seller('a'), await world.seller('b')]
  await fake.mix(rates, seed)
  await fake.latency(latencyMs)
  const each = Math.ceil(pictures / sellers.length)
  const startedMs = Date.now()
  const ids = await Promise.all(
    sellers.map((seller, n) => shoot(seller, { pictures: each, seed: (n + 1) * 1_000_000 })),
  )
  const look = () => Promise.all(sellers.map((seller, n) => seller.generation(ids[n])))
  const total = each * sellers.length
  const generations = await until(
    'all pictures end',
    async () => {
      const seen = await look()
      const sum = (of) => seen.reduce((all, generation) => all + of(generation), 0)
      const failed = sum(({ posesFailed }) => posesFailed)
      const { submissions } = await fake.stats()
      world.show(sum(({ posesCompleted }) => posesCompleted) + failed, total, `${submissions} submissions`, failed)
      return seen
    },
    (seen) => seen.every(({ endedAt }) => endedAt !== null),
    { limitMs: 20 * 60_000, everyMs: 1_000 },
  )
  const tookMs = Date.now() - startedMs
  const stats = await fake.stats()
  const delivered = generations.reduce((sum, { posesCompleted }) => sum + posesCompleted, 0)
  const ended = generations.reduce((sum, { posesCompleted, posesFailed }) => sum + posesCompleted + posesFailed, 0)
  claim('every picture has an end', `${ended} of ${total} in ${Math.round(tookMs / 1000)} s`, ended === total)
  claim(`at least ${minDelivered * 100} % delivered`, `${delivered} of ${total}`, delivered >= total * minDelivered)
  for (const [n, seller] of sellers.entries()) await claimBooks({ claim }, seller, generations[n], n === 0 ? 'A' : 'B')
  const errors = (await Promise.all(sellers.map((seller, n) => seller.results(ids[n]))))
    .flat()
    .filter(({ error }) => error)
  if (errors.length > 0) note('failed with', counted(errors.map(({ error }) => error)))
  note(
    'submissions per delivered picture',
    `${stats.submissions} / ${delivered} = ${(stats.submissions / delivered).toFixed(2)}`,
  )
  note(
    'faults met',
    Object.entries(stats.byFault)
      .map(([name, count]) => `${name} ${count}`)
      .join(', '),
  )
  claimNothingTwice(claim, stats, delivered)
  claim('never more under way than slots', `${stats.maxInFlight} of ${slots}`, stats.maxInFlight <= slots)
}

/** A black picture is downloaded and thrown away, so what counts as made is a job that met no fault, or a line that broke once. */
function claimNothingTwice(claim, { jobs }, delivered) {
  const good = jobs.filter(({ fault, delivered: isFetched }) => isFetched && (fault === null || fault === 'truncated'))
  const keys = good.map(({ prompt, seed }) => `${seed} ${prompt}`)
  const again = keys.length - new Set(keys).size
  claim('made again after a success', String(again), again === 0)
  claim('pictures fetched upstream = delivered', `${good.length} = ${delivered}`, good.length === delivered)
}
