// From a text to what it says of the body. Pure: the same text is always understood the same way.
import { armPart } from './arm-parts'
import { bodyParts } from './body-parts'
import { find, type Group, groupsOf } from './groups'
import type { ArmPose, ArmSide, FramingPose, HeadPose, LegPose, Part, StancePose, TorsoPose, ViewPose } from './parts'
import { tokensOf } from './tokens'
import { clausesOf } from './words'

export type SaidArm = { pose: ArmPose; object?: string }

export type Understanding = {
  stance: StancePose | null
  legs: { pose: LegPose; side: 'L' | 'R' | null } | null
  arms: { L: SaidArm | null; R: SaidArm | null }
  /** The only hand that was said may as well be the other one: nobody named a side. */
  head: HeadPose[]
  torso: TorsoPose | null
  view: ViewPose | null
  framing: FramingPose | null
  ground: string | null
  /** Poses of the arms that must not be taken to fill what was not said. */
  avoided: ArmPose[]
  /** The words that were used. */
  understood: string[]
  /** Nothing in the text says anything about a body. */
  isEmpty: boolean
}

type Arm = Extract<Part, { kind: 'arm' }>

/** How firmly a side was said: a named hand over both, both over whichever. */
const FIRMNESS: Record<ArmSide, number> = { L: 3, R: 3, other: 3, B: 2, one: 1, free: 0 }

/** Gives each said pose its hands: named ones first, then what is left. */
function shareArms(arms: readonly Arm[]): Understanding['arms'] {
  const taken: Understanding['arms'] = { L: null, R: null }
  const ordered = [...arms].sort((a, b) => FIRMNESS[b.side] - FIRMNESS[a.side])
  const firm: Record<'L' | 'R', number> = { L: -1, R: -1 }
  const take = (side: 'L' | 'R', { pose, object, side: asked }: Arm) => {
    taken[side] = { pose, ...(object && { object }) }
    firm[side] = FIRMNESS[asked]
  }
  for (const arm of ordered) {
    const { side } = arm
    if (side === 'L' || side === 'R') take(side, arm)
    // Said twice, as in `hand on chin, thinking`.
    else if (side !== 'B' && (taken.L?.pose === arm.pose || taken.R?.pose === arm.pose)) continue
    else if (side === 'B') for (const each of ['L', 'R'] as const) taken[each] ?? take(each, arm)
    else if (!taken.R) take('R', arm)
    else if (!taken.L) take('L', arm)
    // Both hands were given to something that one hand says as well.
    else if (firm.R === FIRMNESS.B) take('R', arm)
  }
  return taken
}

/** `raise the left hand and wave`: the raised hand is the one that waves. */
function withRaised(arms: readonly Arm[]): Arm[] {
  const merged: Arm[] = []
  for (const arm of arms) {
    const last = merged.at(-1)
    if (arm.side === 'free' && last?.pose === 'up' && last.side !== 'B')
      merged[merged.length - 1] = { ...arm, side: last.side, text: `${last.text} ${arm.text}` }
    else merged.push(arm)
  }
  return merged
}

/** `other` is the hand that the last named one was not. */
function withOthers(arms: readonly Arm[]): Arm[] {
  const named = arms.find(({ side }) => side === 'L' || side === 'R')
  const other = named?.side === 'R' ? 'L' : named ? 'R' : 'free'
  return arms.map((arm) => (arm.side === 'other' ? { ...arm, side: other } : arm))
}

function stanceOf(parts: readonly Part[], groups: readonly Group[], ground: string | null): StancePose | null {
  const poses = parts.flatMap((part) => (part.kind === 'stance' ? [part.pose] : []))
  const said = poses.some((pose) => pose.startsWith('lie')) ? poses.filter((pose) => pose !== 'legsOut') : poses
  const stance =
    said.find((pose) => pose === 'crossLegged' || pose === 'legsOut') ??
    said.find((pose) => pose !== 'stand') ??
    said[0] ??
    null
  if (stance === 'kneel') {
    const oneLeg = groups.some((group) =>
      group.units.some(
        ({ kind, value, side }) => kind === 'part' && /^(leg|knee)$/.test(value) && /^(one|L|R)$/.test(side ?? ''),
      ),
    )
    return oneLeg ? 'kneelOne' : 'kneel'
  }
  if (stance === 'crossLegged' || stance === 'legsOut') return ground === 'chair' ? 'sit' : stance
  if (stance === 'sit' && ground === 'floor') return 'floor'
  if (stance === 'sit' && ground === 'stool') return 'stool'
  return stance
}

const ON_FLOOR = new Set<StancePose | null>(['floor', 'legsOut', 'crossLegged'])

/** On the floor, hands that are behind carry who leans back; and nobody leans back there without them. */
function withPropped({ L, R }: Understanding['arms'], stance: StancePose | null, torso: TorsoPose | null) {
  if (!ON_FLOOR.has(stance)) return { L, R }
  if (torso === 'back' && !L && !R) return { L: PROPPED, R: PROPPED }
  const propped = (arm: SaidArm | null) => (arm?.pose === 'back' ? PROPPED : arm)
  return { L: propped(L), R: propped(R) }
}
const PROPPED: SaidArm = { pose: 'propped' }

/** Who looks at what one hand holds looks at that hand. */
function gazeOf(pose: HeadPose, { L, R }: Understanding['arms']): HeadPose {
  const holds = (arm: SaidArm | null) => arm?.pose.startsWith('hold') ?? false
  if (pose !== 'hands' || holds(L) === holds(R)) return pose
  return holds(L) ? 'handL' : 'handR'
}

const textOf = ({ units }: Group): string => units.map(({ text }) => text).join(' ')

/** What `text` says, in Indonesian or English or both. At most 600 characters are read. */
export function understand(text: string): Understanding {
  const clauses = clausesOf(text).map(({ words, isMeans }) => ({ tokens: tokensOf(words), isMeans }))
  const groups = groupsOf(clauses)
  const said: Part[] = []
  const avoided: ArmPose[] = []
  for (const group of groups) {
    const words = textOf(group)
    const arm = armPart(group, words)
    const parts = [...bodyParts(group, words), ...(arm ? [arm] : []), ...heldAndSeen(group, words)]
    if (group.isNegated) avoided.push(...parts.flatMap((part) => (part.kind === 'arm' ? [part.pose] : [])))
    else said.push(...parts)
  }
  const ground = groups.map((group) => find(group, 'ground')?.value).find((value) => value !== undefined) ?? null
  const last = <K extends Part['kind']>(kind: K) =>
    said.findLast((part): part is Extract<Part, { kind: K }> => part.kind === kind)
  const stance = stanceOf(said, groups, ground)
  const arms = withOthers(withRaised(said.filter((part) => part.kind === 'arm'))).map((arm) =>
    // Lying on the front, it takes both hands to prop up the chin.
    stance === 'lieFront' && arm.side === 'free' && /^ch/.test(arm.pose) ? { ...arm, side: 'B' as const } : arm,
  )
  const legs = last('legs')
  const torso = last('torso')?.pose ?? null
  const shared = withPropped(shareArms(arms), stance, torso)
  return {
    stance,
    legs: legs ? { pose: legs.pose, side: legs.side } : null,
    arms: shared,
    head: said.flatMap((part) => (part.kind === 'head' ? [gazeOf(part.pose, shared)] : [])),
    torso,
    view: last('view')?.pose ?? null,
    framing: last('framing')?.pose ?? null,
    ground,
    avoided,
    understood: [...new Set(said.map((part) => part.text))],
    isEmpty: said.every(({ kind }) => kind === 'framing'),
  }
}

/** Nobody looks at one that lies somewhere. */
const SEEN_IN_HAND = new Set(['phone', 'book'])

/** `melihat produk di tangan kanan` says that the hand holds it; of a phone that need not be said. */
function heldAndSeen(group: Group, text: string): Part[] {
  const object = find(group, 'object')?.value
  const hand = group.units.find(({ kind, value }) => kind === 'part' && value.startsWith('hand'))
  if (find(group, 'act', 'usePhone')) return [{ kind: 'head', pose: 'hands', text }]
  if (!find(group, 'act', 'look') || !object || !(hand || SEEN_IN_HAND.has(object))) return []
  const side = hand?.side === 'L' || hand?.side === 'R' || hand?.side === 'B' ? hand.side : 'free'
  return [{ kind: 'arm', side, pose: 'holdChest', object, text }]
}
