// Skeletons like those of the library, but not the same: bent towards another pose, shaken, and some turned round.

/** COCO-18 with left and right exchanged. */
const MIRRORED = [0, 1, 5, 6, 7, 2, 3, 4, 11, 12, 13, 8, 9, 10, 15, 14, 17, 16]
const WRISTS = { handRight2d: 4, handLeft2d: 7 }
const round = (value) => Math.round(value * 10_000) / 10_000

/** Height of what is drawn of a person, in parts of the picture. */
export function heightOf({ keypoints2d }) {
  const ys = keypoints2d.filter((_, i) => i % 3 === 1 && keypoints2d[i + 1] !== 0)
  return Math.max(...ys) - Math.min(...ys)
}

/**
 * A person on the way to another one: `share` 0..1 of the way, then every joint moved by chance, `sigma` parts of the height.
 * Hands go with their wrists. Joints that only one of both has stay where they are.
 */
export function variedPerson(person, other, { share, sigma, random }) {
  const moved = person.keypoints2d.slice()
  const spread = sigma * heightOf(person)
  for (let i = 0; i < moved.length; i += 3) {
    if (moved[i + 2] === 0) continue
    const isShared = other.keypoints2d[i + 2] !== 0
    for (const axis of [0, 1]) {
      const way = isShared ? share * (other.keypoints2d[i + axis] - moved[i + axis]) : 0
      moved[i + axis] = round(moved[i + axis] + way + random.normal(spread))
    }
  }
  const hands = {}
  for (const [hand, wrist] of Object.entries(WRISTS)) {
    const points = person[hand]
    const shift = [0, 1].map((axis) => moved[wrist * 3 + axis] - person.keypoints2d[wrist * 3 + axis])
    hands[hand] = points?.map((value, i) => round(value + shift[i % 2])) ?? null
  }
  return { ...person, keypoints2d: moved, ...hands }
}

/** The person as a mirror shows it: left becomes right. */
export function mirroredPerson(person) {
  const turned = (points) => points?.map((value, i) => (i % 2 === 0 ? round(1 - value) : value)) ?? null
  const { keypoints2d } = person
  return {
    ...person,
    keypoints2d: MIRRORED.flatMap((joint) => {
      const [x, y, v] = keypoints2d.slice(joint * 3, joint * 3 + 3)
      return v === 0 ? [0, 0, 0] : [round(1 - x), y, v]
    }),
    handLeft2d: turned(person.handRight2d),
    handRight2d: turned(person.handLeft2d),
  }
}

/** The person with half of its drawn joints gone, chosen by lot; hands go with them. */
export function halfHidden(person, random) {
  const { keypoints2d } = person
  const drawn = Array.from({ length: 18 }, (_, joint) => joint).filter((joint) => keypoints2d[joint * 3 + 2] !== 0)
  const hidden = new Set()
  while (hidden.size < Math.floor(drawn.length / 2)) hidden.add(random.pick(drawn))
  return {
    ...person,
    keypoints2d: keypoints2d.map((value, i) => (hidden.has(Math.floor(i / 3)) ? 0 : value)),
    handLeft2d: null,
    handRight2d: null,
  }
}
