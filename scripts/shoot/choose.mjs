// Which poses, and how many pictures of each, make the number of pictures that was asked for.
import { UsageError } from './args.mjs'

const maxVariations = 10
const maxPoses = 200
const defaultFound = 8

/**
 * `POST /generate` makes `poses x variations` pictures, so a count that is asked for must be such a product. Takes the
 * fewest variations (at least `variations`) that reach `count` exactly, so that there are as many different poses as
 * possible; when no product does, the largest one below it.
 *
 * `poses`: `[{ id, name }]`, best match first; `named`: given by id, so all are wanted. Answers
 * `{ poses, variations, total, note }`, `note` a sentence for the terminal or undefined. Throws UsageError without poses.
 */
export function choosePictures({ poses, named, count, variations }) {
  if (poses.length === 0)
    throw new UsageError('No pose matches. Try other words, or browse the library in the browser.')
  const available = Math.min(poses.length, maxPoses)
  const least = variations ?? 1
  const wanted = count ?? (named ? available : Math.min(available, defaultFound)) * least
  const best = bestProduct(wanted, available, least)
  return {
    poses: poses.slice(0, best.poses),
    variations: best.variations,
    total: best.poses * best.variations,
    note: explain({ wanted, available, least, best, variations, named }),
  }
}

function bestProduct(wanted, available, least) {
  const products = []
  for (let each = Math.min(least, wanted); each <= maxVariations; each++) {
    const count = Math.min(available, Math.floor(wanted / each))
    if (count > 0) products.push({ poses: count, variations: each })
  }
  const size = (product) => product.poses * product.variations
  return products.reduce((best, product) => (size(product) > size(best) ? product : best))
}

function explain({ wanted, available, least, best, variations, named }) {
  const total = best.poses * best.variations
  const parts = []
  if (total < wanted) {
    parts.push(
      `${wanted} pictures cannot be made evenly from ${available} ${plural(available, 'pose')}; making ${total}`,
    )
  }
  if (best.variations !== least) {
    const why =
      variations === undefined
        ? `only ${available} ${plural(available, 'pose')} for ${wanted} pictures`
        : `to make ${total} in all`
    parts.push(`${best.variations} variations of each pose (${why})`)
  }
  if (named && best.poses < available) parts.push(`only the first ${best.poses} of ${available} poses are needed`)
  return parts.length > 0 ? `${parts.join('; ')}.` : undefined
}

const plural = (count, noun) => (count === 1 ? noun : `${noun}s`)

/**
 * Finds the poses that the command line names. Each entry of `terms` is an id, or else words to search for; no entry
 * means the featured poses. Asks for no more than `limit` poses. Answers `{ poses, named }` as choosePictures takes it.
 * Throws UsageError for an entry that finds nothing: a shoot with holes would be paid for before anybody noticed.
 */
export async function findPoses(api, terms, limit) {
  const enough = Math.min(limit ?? defaultFound, maxPoses)
  if (terms.length === 0) return { poses: await listPoses(api, 'featured=true', enough), named: false }
  const found = new Map()
  let named = true
  for (const term of terms) {
    const pose = /^[a-z0-9][a-z0-9_-]*$/.test(term) ? await api.find(`/apps/pose-generator/library/${term}`) : undefined
    if (!pose) named = false
    const matches = pose ? [pose.pose ?? pose] : await listPoses(api, `search=${encodeURIComponent(term)}`, enough)
    if (matches.length === 0) throw new UsageError(`No pose of the library is called "${term}" or matches these words.`)
    for (const match of matches) found.set(match.id, nameOf(match))
  }
  return { poses: [...found].map(([id, name]) => ({ id, name })), named }
}

async function listPoses(api, query, enough) {
  const poses = []
  for (let page = 1; poses.length < enough; page++) {
    const limit = Math.min(100, enough)
    const { items } = await api.get(`/apps/pose-generator/library?${query}&limit=${limit}&page=${page}`)
    poses.push(...items.map((pose) => ({ id: pose.id, name: nameOf(pose) })))
    if (items.length < limit) break
  }
  return poses.slice(0, enough)
}

const nameOf = (pose) => (typeof pose.name === 'string' ? pose.name : (pose.name?.en ?? pose.id))
