// A server of our own with its own data for one measurement, and a seller with credits on it.
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../scripts/server.mjs'
import { prepareServer } from '../scripts/setup.mjs'
import { createApi } from '../scripts/shoot/client.mjs'

/** Largest credit pack of the simulated gateway. */
const pack = { id: 'credits-9000', credits: 9000 }

/** An empty data folder with tables and library; `remove()` deletes it. */
export async function newDataDir() {
  const dir = await mkdtemp(join(tmpdir(), 'lumiku-bench-'))
  await prepareServer(dir)
  return { dir, remove: () => rm(dir, { recursive: true, force: true }) }
}

/** `wrangler dev` on `port` over `dir`; `vars` override those of wrangler.toml. Answers `{ origin, stop, kill }`. */
export async function startOn(dir, port, vars) {
  let kill
  const server = await startServer({
    port,
    args: ['--persist-to', dir, ...Object.entries(vars).flatMap(([name, value]) => ['--var', `${name}:${value}`])],
    onChild: (child) => {
      kill = child.kill
    },
  })
  return { ...server, kill }
}

/** A new account with at least `credits`, and its API client. */
export async function newSeller(origin, credits) {
  const api = createApi(origin)
  await api.signInOrUp({ email: `bench-${randomUUID()}@lumiku.test`, password: 'a long bench password', name: 'Bench' })
  for (let bought = 0; bought < credits; bought += pack.credits) {
    const order = await api.post('/payments', { productId: pack.id, gateway: 'simulated' }, { key: randomUUID() })
    await api.post(`/payments/${order.payment.id}/simulation`)
  }
  return api
}

/** Starts a gallery generation of `pictures` pictures; answers what the API said. */
export async function startGeneration(api, pictures, size) {
  const project = await api.post('/apps/pose-generator/projects', { projectName: 'Bench' })
  const batchSize = pictures % 10 === 0 && pictures > 10 ? 10 : 1
  const count = pictures / batchSize
  const { items } = await api.get(`/apps/pose-generator/library?limit=${Math.min(100, count)}`)
  return api.post(
    '/apps/pose-generator/generate',
    {
      projectId: project.id,
      generationType: 'GALLERY_REFERENCE',
      selectedPoseIds: items.slice(0, count).map((pose) => pose.id),
      batchSize,
      width: size,
      height: size,
      seed: 1,
    },
    { key: randomUUID() },
  )
}

/** Every picture of a generation as the API lists it. */
export async function allResults(api, id) {
  const items = []
  for (let cursor; ; ) {
    const page = await api.get(
      `/apps/pose-generator/generations/${id}/results?limit=100${cursor ? `&cursor=${cursor}` : ''}`,
    )
    items.push(...page.items)
    cursor = page.page.nextCursor
    if (!cursor) return items
  }
}

/** The whole ledger, oldest first. */
export async function allEntries(api) {
  const items = []
  for (let cursor; ; ) {
    const page = await api.get(`/credits/entries?limit=100${cursor ? `&cursor=${cursor}` : ''}`)
    items.push(...page.items)
    cursor = page.page.nextCursor
    if (!cursor) return items.reverse()
  }
}

/** Throws with `what` unless it holds. */
export function must(holds, what) {
  if (!holds) throw new Error(`NOT TRUE: ${what}`)
}

/**
 * The books of a seller after a generation, from what anybody can read: each finished picture charged once, the rest
 * released, entries that sum to the balance, one stored object and one row for each finished picture.
 */
export async function checkBooks(api, id, { each = 30 } = {}) {
  const { generation } = await api.get(`/apps/pose-generator/generations/${id}`)
  const results = await allResults(api, id)
  const done = results.filter((picture) => picture.status === 'completed')
  const keys = new Set(results.map((picture) => picture.variationKey))
  must(keys.size === results.length, 'no picture twice')
  must(results.length === generation.totalExpectedPoses, 'every picture has an end')
  must(done.length === generation.posesCompleted, 'a row for every finished picture')
  must(generation.creditCharged === each * done.length, 'charged = price x finished')
  must(generation.creditHeld === 0, 'nothing stays held')
  const entries = await allEntries(api)
  const { available, held } = await api.get('/credits')
  const sum = (account) =>
    entries.reduce(
      (total, { from, to, credits }) => total + (to === account) * credits - (from === account) * credits,
      0,
    )
  must(sum('available') === available, 'entries sum to the available balance')
  must(held === 0 && sum('held') === 0, 'entries sum to nothing held')
  must(sum('spent') === generation.creditCharged, 'entries sum to what was charged')
  let stored = 0
  for (let from = 0; from < done.length; from += 8) {
    const files = await Promise.all(done.slice(from, from + 8).map((picture) => api.download(picture.outputImageUrl)))
    stored += files.filter((file) => file.bytes.length > 1000).length
  }
  must(stored === done.length, 'a stored object for every finished picture')
  return { generation, rows: done.length, objects: stored, entries: entries.length }
}
