// What `npm run warm` does: a list of addresses, a few requests at a time, and a count of how they went.
import { isHealthy } from '../server.mjs'
import { UsageError } from '../shoot/args.mjs'
import { createApi } from '../shoot/client.mjs'
import { timeLeft } from '../shoot/progress.mjs'

const library = '/apps/pose-generator/library'
const pageSize = 100
/** A server that is gone answers nothing from here on: the rest would only take time. */
const maxFailuresInARow = 20
const shownFailures = 10

/**
 * Asks for everything. Answers `{ total, done, failed, bytes, elapsedMs, isInterrupted }`; `done` counts failed ones too. What fails is tried 5 times,
 * then said above the bar. Throws UsageError when no server answers, Error after 20 failures in a row.
 */
export async function warm({ url, aspects, sides, concurrency }, bar, signal) {
  if (!(await isHealthy(url, 10_000))) throw new UsageError(`No Lumiku answers at ${url}. npm start starts one.`)
  const api = createApi(url)
  const addresses = (await posesOf(api, signal)).flatMap((pose) => addressesOf(pose, aspects, sides))
  const result = { total: addresses.length, done: 0, failed: 0, bytes: 0, isInterrupted: false }
  const startedMs = performance.now()
  let [next, failedInARow] = [0, 0]
  async function walk() {
    while (next < addresses.length && !signal.aborted && failedInARow < maxFailuresInARow) {
      const { name, path } = addresses[next++]
      try {
        const { bytes } = await api.download(path)
        result.bytes += bytes.length
        failedInARow = 0
      } catch (error) {
        failedInARow++
        if (++result.failed <= shownFailures) bar.say(`  failed: ${path}: ${error.message}`)
      }
      result.done++
      const secondsLeft = ((performance.now() - startedMs) / 1000 / result.done) * (result.total - result.done)
      bar.update({ ...result, pose: name, secondsLeft })
    }
  }
  await Promise.all(Array.from({ length: concurrency }, walk))
  if (failedInARow >= maxFailuresInARow) throw new Error(`${maxFailuresInARow} in a row failed: is the server gone?`)
  return { ...result, isInterrupted: signal.aborted, elapsedMs: performance.now() - startedMs }
}

/** Every public pose, once. */
async function posesOf(api, signal) {
  const poses = new Map()
  for (let page = 1; !signal.aborted; page++) {
    const { items } = await api.get(`${library}?sort=curated&limit=${pageSize}&page=${page}`)
    for (const pose of items) poses.set(pose.id, pose)
    if (items.length < pageSize) break
  }
  return [...poses.values()]
}

/** Large previews, small mirrored ones (the others are shipped), and maps: as a card and its page ask for them. */
function addressesOf({ name, previewUrl, previewLargeUrl, controlUrl }, aspects, sides) {
  const map = controlUrl.replace(/[?&]size=[^&]*/, '?').replace('?&', '?')
  const paths = sides.flatMap((isMirrored) => {
    const mirror = isMirrored ? '&mirror=true' : ''
    return [
      previewLargeUrl + mirror,
      ...(isMirrored ? [previewUrl + mirror] : []),
      ...aspects.map((aspect) => `${map}&aspect=${aspect}${mirror}`),
    ]
  })
  return paths.map((path) => ({ name, path }))
}

export function summaryOf({ total, done, failed, bytes, elapsedMs, isInterrupted }) {
  const made = `${done - failed} of ${total} pictures are there, ${failed} failed`
  const cost = `${(bytes / 1e6).toFixed(1)} MB in ${timeLeft(elapsedMs / 1000)}`
  return `${made}; ${cost}${isInterrupted ? '. Interrupted: the same command goes on from here' : ''}`
}
