// Our server is killed while all its pictures are under way upstream: none is begun, or paid, a second time.
import { claimBooks } from '../books.mjs'
import { shoot } from '../seller.mjs'
import { until } from '../world.mjs'

export const settings = ({ pictures = 20 }) => ({
  IMAGE_PROVIDERS: 'fal',
  PROVIDER_LIMITS: JSON.stringify({ fal: { slots: pictures, perMinute: 1_000, dailyUsd: 1_000 } }),
})
const latencyMs = 45_000

export async function run(world, { claim, note }, { pictures = 20 }) {
  const fake = world.fake('fal')
  const seller = await world.seller('seller')
  await fake.latency(latencyMs)
  const id = await shoot(seller, { pictures, seed: 1 })
  const startedMs = Date.now()
  const before = await until(
    'all pictures are under way upstream',
    async () => {
      const stats = await fake.stats()
      world.show(0, pictures, `${stats.inFlight} under way`)
      return stats
    },
    ({ inFlight }) => inFlight === pictures,
    { limitMs: latencyMs },
  )
  await world.server.kill()
  const killedMs = Date.now()
  await world.server.start()
  const restartedMs = Date.now()
  const atRestart = await fake.stats()
  // Nobody asks our server for anything: it must go on by itself.
  const after = await until(
    'the pictures come',
    async () => {
      const stats = await fake.stats()
      world.show(stats.delivered, pictures, 'killed, started again, waiting')
      return stats
    },
    ({ delivered }) => delivered === pictures,
    { limitMs: 240_000 },
  ).catch(() => fake.stats())
  const isByItself = after.delivered === pictures
  const generation = await until(
    'the shoot ends',
    () => seller.generation(id),
    ({ endedAt }) => endedAt !== null,
    { limitMs: 240_000 },
  )
  const last = await fake.stats()
  note(
    'under way upstream when killed',
    `${before.inFlight}, ${((killedMs - startedMs) / 1000).toFixed(1)} s after the start`,
  )
  note('up again after', `${((restartedMs - killedMs) / 1000).toFixed(1)} s`)
  claim('goes on by itself, asked by nobody', String(isByItself), isByItself)
  claim('all delivered', `${generation.posesCompleted} of ${pictures}`, generation.posesCompleted === pictures)
  claim('submitted upstream once each', String(last.submissions), last.submissions === pictures)
  claim('none was cancelled upstream', String(last.cancels), last.cancels === 0)
  claim('polled again after the restart', `${last.polls - atRestart.polls} polls`, last.polls > atRestart.polls)
  note('last picture after the restart', `${((Date.parse(generation.endedAt) - restartedMs) / 1000).toFixed(1)} s`)
  await claimBooks({ claim }, seller, generation)
}
