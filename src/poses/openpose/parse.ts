// Reads OpenPose JSON as openpose-editor, sd-webui-controlnet, ComfyUI, DWPose and the OpenPose binary write it.
import { z } from 'zod'
import {
  BODY_25_TO_COCO,
  BODY_JOINT_COUNT,
  FACE_POINT_COUNTS,
  HAND_POINT_COUNT,
  MAX_CANVAS_PX,
  MAX_IMPORTED_PEOPLE,
  MAX_OPENPOSE_BYTES,
  type OpenPoseIssue,
  type ReadPerson,
} from './format'

/** A coordinate further out is no pose but a mistake. */
const MAX_COORDINATE = MAX_CANVAS_PX * 2
/** Free space around people whose file names no canvas, as a share of the square. */
const MARGIN = 0.06
/** A hand with fewer points drawn is noise of a detector. */
const MIN_HAND_POINTS = 8
const DIGITS = 10_000

const Values = z.array(z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE)).max(300).nullish()
const Person = z.object({
  pose_keypoints_2d: Values,
  hand_left_keypoints_2d: Values,
  hand_right_keypoints_2d: Values,
  face_keypoints_2d: Values,
})
const Side = z.number().positive().max(MAX_CANVAS_PX).optional()
const Frame = z.object({ people: z.array(Person).max(50), canvas_width: Side, canvas_height: Side })
/** The first openpose-editor: 18 pairs of pixels for each person in one list. */
const Pairs = z.object({
  width: z.number().positive().max(MAX_CANVAS_PX),
  height: z.number().positive().max(MAX_CANVAS_PX),
  keypoints: z.array(z.array(z.number().min(-MAX_COORDINATE).max(MAX_COORDINATE)).min(2).max(3)).max(180),
})

type Triple = readonly [x: number, y: number, confidence: number]
type RawPerson = { body: Triple[]; left: Triple[]; right: Triple[]; face: Triple[] }
type Canvas = { width: number; height: number }

/** `fields`: where in the file each person is. */
export type OpenPoseReading =
  | { ok: true; people: ReadPerson[]; fields: string[] }
  | { ok: false; issues: OpenPoseIssue[] }

const wrong = (field: string, rule: string): OpenPoseReading => ({ ok: false, issues: [{ field, rule }] })

/**
 * The people of an OpenPose file in the unit square: the canvas is fitted into it whole. Coordinates are pixels of the
 * canvas, or 0..1 of it when none is larger; a file without a canvas gets one around its people. A point with confidence
 * 0 is not drawn. `field` goes before the paths of the issues. Whether a body can be so is `checkOpenPose`'s to say.
 */
export function readOpenPose(value: unknown, field = 'openpose'): OpenPoseReading {
  if (new TextEncoder().encode(JSON.stringify(value) ?? '').length > MAX_OPENPOSE_BYTES)
    return wrong(field, `must be at most ${MAX_OPENPOSE_BYTES / 1024} KiB of JSON`)
  const isList = Array.isArray(value)
  if (isList && value.length !== 1) return wrong(field, 'a list must hold exactly one frame')
  const frame: unknown = isList ? value[0] : value
  const at = isList ? `${field}[0]` : field
  const pairs = Pairs.safeParse(frame)
  if (pairs.success) return readPairs(pairs.data, at)
  const read = Frame.safeParse(frame)
  if (!read.success) {
    const issues = read.error.issues
      .slice(0, 8)
      .map(({ path, message }) => ({ field: pathOf(at, path), rule: message }))
    return { ok: false, issues }
  }
  const { people, canvas_width: width, canvas_height: height } = read.data
  const bodies = people.flatMap((person, i) => (drawsNothing(person) ? [] : [{ person, at: `${at}.people[${i}]` }]))
  if (bodies.length === 0) return wrong(`${at}.people`, 'nobody is drawn: one or two people are needed')
  if (bodies.length > MAX_IMPORTED_PEOPLE) return wrong(`${at}.people`, 'must be one or two people')
  const issues = bodies.flatMap(({ person, at }) => countIssues(person, at))
  if (issues.length > 0) return { ok: false, issues }
  if ((width === undefined) !== (height === undefined))
    return wrong(`${at}.canvas_${width === undefined ? 'width' : 'height'}`, 'is required with the other side')
  const raw = bodies.map(({ person }) => rawPerson(person))
  return {
    ok: true,
    people: inUnitSquare(raw, width && height ? { width, height } : null),
    fields: bodies.map(({ at }) => at),
  }
}

const pathOf = (start: string, path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (whole, part) => (typeof part === 'number' ? `${whole}[${part}]` : `${whole}.${String(part)}`),
    start,
  )

const drawsNothing = (person: z.infer<typeof Person>): boolean =>
  Object.values(person).every((values) => !values?.some((value) => value !== 0))

function countIssues(person: z.infer<typeof Person>, at: string): OpenPoseIssue[] {
  const allowed = {
    pose_keypoints_2d: [BODY_JOINT_COUNT, BODY_JOINT_COUNT + 7],
    hand_left_keypoints_2d: [0, HAND_POINT_COUNT],
    hand_right_keypoints_2d: [0, HAND_POINT_COUNT],
    face_keypoints_2d: [0, ...FACE_POINT_COUNTS],
  }
  return Object.entries(allowed).flatMap(([name, counts]) => {
    const length = person[name as keyof typeof person]?.length ?? 0
    if (counts.includes(length / 3)) return []
    const sizes = counts.filter((count) => count > 0).map((count) => count * 3)
    const rule = `must be ${sizes.join(' or ')} numbers (x, y, confidence of each point), not ${length}`
    return [{ field: `${at}.${name}`, rule }]
  })
}

const triples = (values: readonly number[] | null | undefined): Triple[] =>
  Array.from({ length: (values?.length ?? 0) / 3 }, (_, i) => [
    values![i * 3]!,
    values![i * 3 + 1]!,
    values![i * 3 + 2]!,
  ])

function rawPerson(person: z.infer<typeof Person>): RawPerson {
  const body = triples(person.pose_keypoints_2d)
  return {
    body: body.length === BODY_JOINT_COUNT ? body : BODY_25_TO_COCO.map((joint) => body[joint]!),
    left: triples(person.hand_left_keypoints_2d),
    right: triples(person.hand_right_keypoints_2d),
    face: triples(person.face_keypoints_2d),
  }
}

function readPairs({ width, height, keypoints }: z.infer<typeof Pairs>, at: string): OpenPoseReading {
  const count = keypoints.length / BODY_JOINT_COUNT
  if (count !== 1 && count !== 2) return wrong(`${at}.keypoints`, 'must be 18 points for each of one or two people')
  const people = Array.from({ length: count }, (_, i) => ({
    body: keypoints
      .slice(i * BODY_JOINT_COUNT, (i + 1) * BODY_JOINT_COUNT)
      .map(([x = 0, y = 0]): Triple => [x, y, x === 0 && y === 0 ? 0 : 1]),
    left: [],
    right: [],
    face: [],
  }))
  const fields = people.map(() => `${at}.keypoints`)
  return { ok: true, people: inUnitSquare(people, { width, height }), fields }
}

function inUnitSquare(people: readonly RawPerson[], canvas: Canvas | null): ReadPerson[] {
  const drawn = people.flatMap(({ body, left, right, face }) => [body, left, right, face].flat().filter(isDrawn))
  const place = placing(drawn, canvas)
  const point = (triple: Triple): number[] => (isDrawn(triple) ? [...place(triple), 2] : [0, 0, 0])
  return people.map(({ body, left, right, face }) => ({
    keypoints2d: body.flatMap(point),
    handLeft2d: hand(left, place),
    handRight2d: hand(right, place),
    face2d: face.some(isDrawn) ? face.flatMap((each) => (isDrawn(each) ? [...place(each), 1] : [0, 0, 0])) : null,
  }))
}

const isDrawn = ([, , confidence]: Triple): boolean => confidence > 0

type Place = (point: Triple) => [number, number]

function placing(drawn: readonly Triple[], canvas: Canvas | null): Place {
  const isShare = drawn.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1)
  if (canvas) {
    const side = Math.max(canvas.width, canvas.height)
    const unit = isShare ? canvas : { width: 1, height: 1 }
    const [left, top] = [(side - canvas.width) / 2, (side - canvas.height) / 2]
    return ([x, y]) => [rounded((x * unit.width + left) / side), rounded((y * unit.height + top) / side)]
  }
  if (isShare) return ([x, y]) => [rounded(x), rounded(y)]
  const [xs, ys] = [drawn.map(([x]) => x), drawn.map(([, y]) => y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  const side = Math.max(right - left, bottom - top, 1e-6) / (1 - 2 * MARGIN)
  const [startX, startY] = [(left + right - side) / 2, (top + bottom - side) / 2]
  return ([x, y]) => [rounded((x - startX) / side), rounded((y - startY) / side)]
}

const rounded = (value: number): number => Math.round(value * DIGITS) / DIGITS

/**
 * 21 points, or null without a hand. Our maps draw hands whole, so that a point which is not drawn lies on the one before
 * it: the map then shows nothing that was not there.
 */
function hand(points: readonly Triple[], place: Place): number[] | null {
  const wrist = points.find(isDrawn)
  if (!wrist || points.filter(isDrawn).length < MIN_HAND_POINTS) return null
  const whole: [number, number][] = []
  points.forEach((point, i) => {
    const before = i === 0 ? place(wrist) : whole[i % 4 === 1 ? 0 : i - 1]!
    whole.push(isDrawn(point) ? place(point) : before)
  })
  return whole.flat()
}
