import { z } from '@hono/zod-openapi'
import { MAX_PROP_SHAPES } from '../render/mannequin/pose'

/** Metres from the middle of the picture; the renderer refuses what is further away. */
const REACH_METRES = 20
/** Coordinates of the unit square may lie outside it by as much: hands over the edge of a crop. */
const MARGIN = 1

const metres = (count: number) => z.array(z.number().min(-REACH_METRES).max(REACH_METRES)).length(count)
const squarePoint = z
  .number()
  .min(-MARGIN)
  .max(1 + MARGIN)

const Keypoints = z
  .array(squarePoint.or(z.literal(2)))
  .length(54)
  .refine(
    (list) => list.every((value, i) => i % 3 !== 2 || [0, 1, 2].includes(value)),
    'every third number is 0, 1 or 2',
  )

const HandPoints = z.array(squarePoint).length(42).nullable()

const HandShape = z.strictObject({
  shape: z.string().regex(/^[a-z]{1,40}$/, 'must be the name of a hand shape of the library'),
  fingers: metres(3),
  palm: metres(3),
})

// Keys in the order of the library's own records, so that the same pose has the same revision.
const Person = z.strictObject({
  build: z.enum(['neutral', 'female', 'male']),
  keypoints2d: Keypoints,
  handLeft2d: HandPoints,
  handRight2d: HandPoints,
  face2d: z
    .array(squarePoint)
    .max(210)
    .refine((list) => list.length % 3 === 0, 'must be x, y, confidence of each point')
    .nullable()
    .optional(),
  joints3d: metres(96),
  handLeft: HandShape.optional(),
  handRight: HandShape.optional(),
})

const PropShape = z.strictObject({
  kind: z.string().regex(/^[a-zA-Z]{1,40}$/, 'must be the kind of a prop of the library'),
  at: metres(3),
  to: metres(3).optional(),
  size: z.array(z.number().min(-REACH_METRES).max(REACH_METRES)).min(1).max(8),
  x: metres(3).optional(),
  y: metres(3).optional(),
  z: metres(3).optional(),
})

/** The geometry of a pose as data/poses has it (data/poses/schema.json, props.json): one or two people. */
export const GeometryField = z.strictObject({
  people: z.array(Person).min(1).max(2),
  camera: z.strictObject({
    position: metres(3),
    pitch: z.number().min(-89).max(89),
    focal: z.number().gt(0.05).max(REACH_METRES),
    centerX: z.number().min(-REACH_METRES).max(REACH_METRES),
    centerY: z.number().min(-REACH_METRES).max(REACH_METRES),
  }),
  propShapes: z.array(PropShape).max(MAX_PROP_SHAPES).optional(),
})
