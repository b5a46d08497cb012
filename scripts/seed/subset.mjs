const BACK_VIEWS = 2
const TWO_PERSON_POSES = 4

/**
 * A small library for tests, in the order of the whole one: everything with a box, the first pose of each deepest
 * category, four two-person poses and two back views, then poses spread evenly over the rest until there are `limit`.
 * What must be in it is in it, even when that is more than `limit`.
 */
export function spreadSubset(poses, limit) {
  const chosen = new Set()
  const choose = (wanted) => {
    for (const pose of wanted) chosen.add(pose)
  }
  choose(poses.filter(showsBox))
  choose(firstOf(poses, (pose) => pose.row.category_slug))
  choose(poses.filter(({ row }) => row.people_count === 2).slice(0, TWO_PERSON_POSES))
  choose(poses.filter(({ row }) => row.view === 'back').slice(0, BACK_VIEWS))

  const rest = poses.filter((pose) => !chosen.has(pose))
  const missing = Math.min(Math.max(limit - chosen.size, 0), rest.length)
  for (let i = 0; i < missing; i++) chosen.add(rest[Math.floor((i * rest.length) / missing)])
  return poses.filter((pose) => chosen.has(pose))
}

const showsBox = ({ row }) =>
  /\bbox(es)?\b|\bkotak\b/i.test(`${row.category_path} ${row.name_en} ${row.name_id} ${row.tags_en}`)

const firstOf = (poses, keyOf) => [...new Map(poses.toReversed().map((pose) => [keyOf(pose), pose])).values()]
