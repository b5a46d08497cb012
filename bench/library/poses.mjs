// The poses of a large library, each made from one of data/poses.
import { readPoses, sha256 } from '../../scripts/seed/library-data.mjs'
import { shapeRowsOf } from '../../src/poses/shape/shape-rows.ts'
import { randomOf } from './random.mjs'
import { mirroredPerson, variedPerson } from './skeletons.mjs'
import { lexiconOf, variedTexts } from './words.mjs'

const SEED = 20261122
/** A turned copy is as likely as in a catalogue whose authors use both sides. */
const MIRRORED_SHARE = 0.2
const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 22)

/**
 * `count` poses, always the same: first those of data/poses as they are, then variations of all of them in turn. Each is
 * `{ row, geometry, shapes }`: a row of `poses`, its geometry as JSON, its rows of the index of nearest poses. `first` and `step` name
 * every how manieth pose: each has its own chance, so that two threads make the same ones as one.
 */
export function* manyPoses(count, first = 0, step = 1) {
  const originals = readPoses().map(({ row, geometry }) => ({ row, geometry: JSON.parse(geometry.geometry) }))
  const lexicon = lexiconOf(
    originals.map(({ row }) => row),
    randomOf(SEED),
  )
  const alike = Map.groupBy(originals, likeness)
  for (let n = first; n < count; n += step) {
    const random = randomOf(SEED + 1 + n)
    const original = originals[n % originals.length]
    const round = Math.floor(n / originals.length)
    const row = {
      ...original.row,
      ...(round > 0 && variedRow(original.row, round, lexicon, random)),
      ...figures(n, random),
    }
    const geometry =
      round === 0
        ? original.geometry
        : variedGeometry(original.geometry, random.pick(alike.get(likeness(original))).geometry, random)
    const text = JSON.stringify(geometry)
    if (round > 0) row.revision = sha256(text).slice(0, 12)
    yield { row: sqlRow(row), geometry: text, shapes: shapeRowsOf(row.id, null, geometry.people) }
  }
}

const likeness = ({ row }) => `${row.people_count} ${row.framing} ${row.view}`

function variedRow(row, round, lexicon, random) {
  return {
    ...variedTexts(row, lexicon, random),
    id: `${row.id}-v${round}`,
    base_pose: `${row.base_pose}-v${round}`,
    difficulty: random.next() < 0.9 ? row.difficulty : random.pick(['beginner', 'intermediate', 'advanced']),
    gender: random.next() < 0.9 ? row.gender : random.pick(['male', 'female', 'unisex']),
    is_featured: random.next() < 0.01,
    is_premium: random.next() < 0.05,
  }
}

/** What people did with the pose: few poses have most of it. */
function figures(n, random) {
  const usage = Math.floor(40 / random.next() ** 0.8) - 40
  const favorites = Math.floor(usage * 0.1 * random.next())
  const ratings = Math.floor(favorites * random.next())
  return {
    usage_count: usage,
    favorite_count: favorites,
    popularity: usage + favorites,
    rating_count: ratings,
    rating_sum: Math.round(ratings * (3 + 2 * random.next())),
    display_order: n,
    added_at: NOW_MS - random.below(900) * DAY_MS,
  }
}

function variedGeometry(geometry, other, random) {
  const way = { share: 0.5 * random.next() ** 2, sigma: 0.004 + 0.02 * random.next(), random }
  const people = geometry.people.map((person, i) => variedPerson(person, other.people[i], way))
  return { ...geometry, people: random.next() < MIRRORED_SHARE ? people.map(mirroredPerson) : people }
}

const sqlRow = (row) =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, typeof value === 'boolean' ? Number(value) : value]),
  )
