// Can somebody stand so in this picture? Refuses what no camera sees of a body, in the words of the file that was sent.
import { BODY_JOINTS, type OpenPoseIssue, type ReadPerson } from './format'

/** Enough to tell a head-and-shoulders crop; the library's barest pose has these. */
const MIN_BODY_JOINTS = 4
const BODY_JOINT_LAST = 13
const [NECK, SHOULDER_R, SHOULDER_L, HIP_R, HIP_L] = [1, 2, 5, 8, 11]
const [NOSE, EYE_R, EYE_L, EAR_R, EAR_L] = [0, 14, 15, 16, 17]
/** A smaller figure has limbs thinner than the lines of a map. Share of the square. */
const MIN_EXTENT = 0.1
/** Share of the square by which a point may lie outside: what editors round. */
const EDGE_SLACK = 0.005
/** Hands and faces reach over the edge where bodies are cropped; further out than this they are another's. */
const PART_SLACK = 0.25

type Group = 'head' | 'trunk' | 'right arm' | 'left arm' | 'right leg' | 'left leg'
/** Bones with their length in metres on a body of 1.70 m (median of the library). */
const BONES: readonly { from: number; to: number; metres: number; group: Group }[] = [
  { from: 0, to: 1, metres: 0.222, group: 'head' },
  { from: 0, to: 14, metres: 0.055, group: 'head' },
  { from: 0, to: 15, metres: 0.055, group: 'head' },
  { from: 14, to: 16, metres: 0.104, group: 'head' },
  { from: 15, to: 17, metres: 0.104, group: 'head' },
  { from: 1, to: 2, metres: 0.167, group: 'trunk' },
  { from: 1, to: 5, metres: 0.167, group: 'trunk' },
  { from: 1, to: 8, metres: 0.48, group: 'trunk' },
  { from: 1, to: 11, metres: 0.48, group: 'trunk' },
  { from: 8, to: 11, metres: 0.186, group: 'trunk' },
  { from: 2, to: 3, metres: 0.282, group: 'right arm' },
  { from: 3, to: 4, metres: 0.243, group: 'right arm' },
  { from: 5, to: 6, metres: 0.282, group: 'left arm' },
  { from: 6, to: 7, metres: 0.243, group: 'left arm' },
  { from: 8, to: 9, metres: 0.415, group: 'right leg' },
  { from: 9, to: 10, metres: 0.41, group: 'right leg' },
  { from: 11, to: 12, metres: 0.415, group: 'left leg' },
  { from: 12, to: 13, metres: 0.41, group: 'left leg' },
]
/**
 * A bone may look shorter than it is, never longer: how many times the scale of the rest of the body it may have. With
 * the lens close to a limb the library's poses reach 1.30, and 2.35 for a head over shoulders that are seen from the side.
 */
export const MAX_STRETCH = { limb: 1.8, head: 3.2 }
/** A trunk whose shoulders and hips face opposite ways, both this wide (share of their full width), is a mix-up of sides. */
const CLEARLY_TURNED = 0.45

type Point = { x: number; y: number }

/**
 * What is wrong with people that `readOpenPose` read; empty when nothing is. `fields` are their paths in the client's file,
 * one for each person, e.g. `openpose.people[0]`.
 */
export function checkOpenPose(people: readonly ReadPerson[], fields: readonly string[]): OpenPoseIssue[] {
  return people.flatMap((person, i) => {
    const start = fields[i] ?? ''
    const field = start.endsWith('.keypoints') ? start : `${start}.pose_keypoints_2d`
    const points = pointsOf(person)
    const missing = missingFault(points)
    if (missing) return [{ field, rule: missing }]
    const body = [...outside(points), ...collapsed(points), ...stretches(points), ...swaps(points)]
    return [...body.map((rule) => ({ field, rule })), ...partIssues(person, start)]
  })
}

function pointsOf({ keypoints2d }: ReadPerson): (Point | null)[] {
  return BODY_JOINTS.map((_, i) =>
    keypoints2d[i * 3 + 2] ? { x: keypoints2d[i * 3]!, y: keypoints2d[i * 3 + 1]! } : null,
  )
}

function missingFault(points: readonly (Point | null)[]): string | null {
  const drawn = points.slice(0, BODY_JOINT_LAST + 1).filter((point) => point !== null)
  if (drawn.length < MIN_BODY_JOINTS)
    return `must have at least ${MIN_BODY_JOINTS} drawn joints of nose, neck, arms and legs, not ${drawn.length}`
  if (!points[NECK]) return 'must have the neck drawn'
  const trunk = [SHOULDER_R, SHOULDER_L, HIP_R, HIP_L]
  return trunk.some((joint) => points[joint]) ? null : 'must have a shoulder or a hip drawn'
}

const isOutside = ({ x, y }: Point, slack: number): boolean =>
  x < -slack || y < -slack || x > 1 + slack || y > 1 + slack

function outside(points: readonly (Point | null)[]): string[] {
  return points.flatMap((point, i) =>
    point && isOutside(point, EDGE_SLACK) ? [`the ${BODY_JOINTS[i]} is outside the canvas`] : [],
  )
}

function collapsed(points: readonly (Point | null)[]): string[] {
  const drawn = points.filter((point) => point !== null)
  const spread = (values: number[]) => Math.max(...values) - Math.min(...values)
  const extent = Math.max(spread(drawn.map(({ x }) => x)), spread(drawn.map(({ y }) => y)))
  if (extent < MIN_EXTENT) return [`the body must be at least ${MIN_EXTENT * 100} % of the longer side of the canvas`]
  const places = new Set(drawn.map(({ x, y }) => `${x},${y}`))
  return places.size < drawn.length / 2 ? ['most of its joints lie in one place'] : []
}

type Stretch = { bone: (typeof BONES)[number]; ratio: number }

/** For each drawn bone its scale over that of the body without its own limb. */
export function stretchesOf(keypoints2d: readonly number[]): Stretch[] {
  const drawn = BONES.flatMap((bone) => {
    const [a, b] = [bone.from * 3, bone.to * 3]
    if (!keypoints2d[a + 2] || !keypoints2d[b + 2]) return []
    const length = Math.hypot(keypoints2d[a]! - keypoints2d[b]!, keypoints2d[a + 1]! - keypoints2d[b + 1]!)
    return [{ bone, scale: length / bone.metres }]
  })
  return drawn.flatMap(({ bone, scale }) => {
    const others = drawn.filter((other) => other.bone.group !== bone.group).map((other) => other.scale)
    // The second largest: one joint out of place does not make the rest look short.
    const rest = others.sort((a, b) => b - a)[Math.min(1, others.length - 1)]
    return rest ? [{ bone, ratio: scale / rest }] : []
  })
}

function stretches(points: readonly (Point | null)[]): string[] {
  const flat = points.flatMap((point) => (point ? [point.x, point.y, 2] : [0, 0, 0]))
  return stretchesOf(flat)
    .filter(({ bone, ratio }) => ratio > (bone.group === 'head' ? MAX_STRETCH.head : MAX_STRETCH.limb))
    .sort((a, b) => b.ratio - a.ratio)
    .slice(0, 2)
    .map(({ bone: { from, to }, ratio }) => {
      const times = ratio.toFixed(1)
      return `${BODY_JOINTS[from]} to ${BODY_JOINTS[to]} is ${times} times as long as the rest of the body allows`
    })
}

/** Sides that contradict each other: a trunk twisted by half a turn, or a face on the back of the head. */
function swaps(points: readonly (Point | null)[]): string[] {
  const across = (right: number, left: number): number | null => {
    const [a, b] = [points[right], points[left]]
    return a && b ? b.x - a.x : null
  }
  const [shoulders, hips] = [across(SHOULDER_R, SHOULDER_L), across(HIP_R, HIP_L)]
  const neck = points[NECK]!
  const hip = points[HIP_R] ?? points[HIP_L]
  if (shoulders !== null && hips !== null && hip) {
    const metre = Math.hypot(neck.x - hip.x, neck.y - hip.y) / 0.48
    const turned = (width: number, full: number) =>
      width / (full * metre) > CLEARLY_TURNED ? 1 : width / (full * metre) < -CLEARLY_TURNED ? -1 : 0
    const isUpright = Math.abs(hip.y - neck.y) > 2 * Math.abs(hip.x - neck.x)
    if (isUpright && turned(shoulders, 0.33) * turned(hips, 0.19) === -1)
      return ['shoulders and hips face opposite ways: left and right look swapped (they are the person’s own sides)']
  }
  const eyes = across(EYE_R, EYE_L)
  const ears = across(EAR_R, EAR_L)
  const sees = points[NOSE] !== null && eyes !== null && ears !== null
  if (sees && Math.sign(eyes) !== Math.sign(ears) && Math.min(Math.abs(eyes), Math.abs(ears)) > 0.01)
    return ['eyes and ears face opposite ways: left and right look swapped (they are the person’s own sides)']
  return []
}

function partIssues(person: ReadPerson, field: string): OpenPoseIssue[] {
  const parts = [
    { name: 'hand_left_keypoints_2d', values: person.handLeft2d, stride: 2 },
    { name: 'hand_right_keypoints_2d', values: person.handRight2d, stride: 2 },
    { name: 'face_keypoints_2d', values: person.face2d, stride: 3 },
  ]
  return parts.flatMap(({ name, values, stride }) => {
    const isAstray = Array.from({ length: (values?.length ?? 0) / stride }, (_, i) => i * stride).some((at) =>
      isOutside({ x: values![at]!, y: values![at + 1]! }, PART_SLACK),
    )
    return isAstray ? [{ field: `${field}.${name}`, rule: 'lies outside the canvas' }] : []
  })
}
