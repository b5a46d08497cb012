// A pose as a language model writes it: the grammar's own vocabulary, so that the rig composes it and limbs are limbs.
import { z } from 'zod'
import type { ArmPose, FramingPose, HeadPose, LegPose, StancePose, TorsoPose, ViewPose } from '../grammar/parts'
import type { Understanding } from '../grammar/understand'

/** Raise it when the words below change: what was written before is then not read any more. */
export const WRITING_VERSION = 1

/** Nothing was said of it; the grammar fills it with what is natural. */
const UNSAID = 'any'

const STANCES = [
  ...(['stand', 'walk', 'run', 'jump', 'lunge', 'lean', 'squat', 'crouch', 'kneel', 'kneelOne'] as const),
  ...(['sit', 'stool', 'floor', 'crossLegged', 'lie', 'lieFront', 'lieSide'] as const),
] satisfies readonly StancePose[]
const LEGS = ['crossed', 'wide', 'bent', 'raised', 'together', 'tiptoe', 'step'] as const satisfies readonly LegPose[]
const EMPTY_HANDED = [
  ...(['down', 'hip', 'pocket', 'jacketPocket', 'backPocket', 'crossed', 'up', 'open', 'side', 'back'] as const),
  ...(['forward', 'pointUp', 'pointDown', 'pointSide', 'pointAcross', 'pointFront', 'pointSelf', 'wave'] as const),
  ...(['thumb', 'thumbDown', 'peace', 'okay', 'fingerHeart', 'heartShape', 'stop', 'clap', 'pray'] as const),
  ...(['salute', 'shrug', 'flex', 'fist', 'hush', 'present', 'clasp', 'knee', 'thigh', 'shoulder', 'chin'] as const),
  ...(['cheek', 'behindHead', 'hair', 'hat', 'glasses', 'mouth', 'heart', 'shade'] as const),
] satisfies readonly ArmPose[]
const HOLDING = [
  ...(['holdChest', 'holdFace', 'holdOverhead', 'holdFront', 'holdPalm', 'holdSide', 'holdDown'] as const),
  ...(['hug', 'ear', 'selfie'] as const),
] satisfies readonly ArmPose[]
const THINGS = [
  ...([
    'product',
    'box',
    'gift',
    'bottle',
    'cup',
    'bag',
    'phone',
    'laptop',
    'book',
    'flower',
    'doll',
    'plate',
  ] as const),
  ...(['microphone', 'clothes', 'shoe'] as const),
]
const HEADS = [
  ...(['camera', 'left', 'right', 'up', 'down', 'tiltLeft', 'tiltRight', 'overLeft', 'overRight'] as const),
  ...(['handL', 'handR', 'hands'] as const),
] satisfies readonly HeadPose[]
const TORSOS = ['forward', 'bow', 'back', 'left', 'right'] as const satisfies readonly TorsoPose[]
const VIEWS = [
  ...(['front', 'angledLeft', 'angledRight', 'sideLeft', 'sideRight', 'behind'] as const),
] satisfies readonly ViewPose[]
const FRAMINGS = ['full', 'half', 'portrait'] as const satisfies readonly FramingPose[]

const Arm = z.strictObject({
  pose: z.enum([UNSAID, ...EMPTY_HANDED, ...HOLDING]),
  holds: z.enum(['nothing', ...THINGS]),
})

/** What the model answers. Every field is there, and no field takes free words. */
export const WrittenPose = z.strictObject({
  stance: z.enum([UNSAID, ...STANCES]),
  legs: z.enum([UNSAID, ...LEGS]),
  legSide: z.enum([UNSAID, 'left', 'right']),
  leftArm: Arm,
  rightArm: Arm,
  head: z.enum([UNSAID, ...HEADS]),
  torso: z.enum([UNSAID, ...TORSOS]),
  view: z.enum([UNSAID, ...VIEWS]),
  framing: z.enum([UNSAID, ...FRAMINGS]),
})
export type WrittenPose = z.infer<typeof WrittenPose>

/** The same for the model's server (OpenAI's structured output: every field required, no others). */
export const writtenPoseSchema = (): Record<string, unknown> => {
  const { $schema: _, ...schema } = z.toJSONSchema(WrittenPose)
  return schema
}

/** Two hands do these, or none. */
const TWO_HANDED = new Set<string>(['crossed', 'clap', 'pray', 'heartShape', 'clasp', 'hug'])
const HOLDS = new Set<string>(HOLDING)
/** Feet that carry nobody cannot step. */
const OFF_FEET = new Set<string>(['sit', 'stool', 'floor', 'crossLegged', 'lie', 'lieFront', 'lieSide', 'kneel'])

/** What no body can do at once, in words that the model can mend it by; empty when all is well. */
export function contradictions({ stance, legs, leftArm, rightArm }: WrittenPose): string[] {
  const problems: string[] = []
  for (const [name, arm, other] of [
    ['leftArm', leftArm, rightArm],
    ['rightArm', rightArm, leftArm],
  ] as const) {
    if (TWO_HANDED.has(arm.pose) && other.pose !== arm.pose && other.pose !== UNSAID)
      problems.push(`${name}.pose "${arm.pose}" takes both arms: the other arm cannot be "${other.pose}"`)
    if (arm.holds !== 'nothing' && !HOLDS.has(arm.pose))
      problems.push(`${name} holds "${arm.holds}": its pose must be one of ${HOLDING.join(', ')}`)
  }
  if (OFF_FEET.has(stance) && /^(tiptoe|step)$/.test(legs))
    problems.push(`legs "${legs}" need a person on the feet, not stance "${stance}"`)
  return problems
}

const said = <T extends string>(value: T | typeof UNSAID): T | null => (value === UNSAID ? null : value)

/** The same as if the grammar had read it; null when it says nothing of a body. */
export function understandingOf(written: WrittenPose): Understanding | null {
  const { stance, legs, legSide, head, torso, view, framing, leftArm, rightArm } = written
  const both = [leftArm, rightArm].find(({ pose }) => TWO_HANDED.has(pose))
  const arm = (own: WrittenPose['leftArm']) => {
    const { pose, holds } = both ?? own
    return pose === UNSAID ? null : { pose, ...(holds !== 'nothing' && { object: holds }) }
  }
  const leg = said(legs)
  const understanding: Understanding = {
    stance: said(stance),
    legs: leg && { pose: leg, side: legSide === 'left' ? 'L' : legSide === 'right' ? 'R' : null },
    arms: { L: arm(leftArm), R: arm(rightArm) },
    head: head === UNSAID ? [] : [head],
    torso: said(torso),
    view: said(view),
    framing: said(framing),
    ground: null,
    avoided: [],
    understood: [],
    isEmpty: false,
  }
  const { arms } = understanding
  const parts = [understanding.stance, leg, arms.L, arms.R, understanding.torso, understanding.view]
  return parts.every((part) => part === null) && head === UNSAID ? null : understanding
}
