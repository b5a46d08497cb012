// What was said becomes poses: everything said is in every draft, what was not said is filled in and varied.
import type { PoseGeometry } from '../../db/tables/poses'
import type { DraftPose } from '../../generations/types'
import { type Chooser, chooserOf } from '../../render/mannequin/hash'
import { along } from '../../render/mannequin/vector'
import { ARMS, type ArmName } from '../rig/arm-settings'
import { check } from '../rig/check'
import { geometryOf } from '../rig/geometry'
import { chestFrame, jointsOf } from '../rig/read'
import {
  type ArmSpec,
  CAMERA,
  type Framing,
  type HeadSpec,
  mirrored,
  type PoseSpec,
  type Side,
  type Stance,
} from '../rig/spec'
import { ARM_TABLE, HELD_CLOSE } from './arm-table'
import { describe } from './describe'
import { HEAD_TABLE, VIEW_TABLE } from './head-table'
import type { ArmPose, HeadPose, StancePose, ViewPose } from './parts'
import { type ArmPair, LEG_STANCES, STANCE_TABLE, TORSO_TABLE } from './stance-table'
import type { SaidArm, Understanding } from './understand'

/** A composed pose; its props are as a library record has them: chair, stool, wall, product. */
export type PoseDraft = DraftPose & {
  /** The parts of the text that were used. */
  understood: string[]
}

const DRAFTS_MAX = 24
/** Variations that are looked at for each draft wanted, because some repeat others. */
const TRIES = 6
/** Turns of the whole figure in later drafts, when no view was said. */
const SMALL_TURNS = [0, 12, -12, 22, -22] as const

/** Takes the first of a list in the plain draft, and whichever the seed says in the others. */
type Pick = <T>(list: readonly T[]) => T

const pickerOf = (index: number, seed: number): Pick => {
  const choose: Chooser = chooserOf(`draft ${index}`, seed)
  return (list) => (index === 0 ? (list[0] as (typeof list)[number]) : choose(list))
}

/** Everything decided about one draft. */
export type Choice = {
  stance: StancePose
  arms: Record<Side, { name: ArmName; pose: ArmPose | null; object: string | undefined }>
  head: HeadPose[]
  view: Exclude<ViewPose, 'angled' | 'side'> | null
  framing: Framing
  said: Understanding
}

const isSeat = (stance: StancePose): boolean => stance === 'sit' || stance === 'stool'

function stanceFor(said: Understanding, pose: StancePose, index: number, pick: Pick): { stance: Stance; at: number } {
  const { legs } = said
  if (legs && pose === 'stool' && legs.pose === 'crossed') return { stance: STANCE_TABLE.stool.stances[2]!, at: 2 }
  if (legs && pose === 'floor' && legs.pose === 'crossed')
    return { stance: STANCE_TABLE.crossLegged.stances[0]!, at: 0 }
  if (legs && pose === 'lean' && legs.pose === 'crossed') return { stance: STANCE_TABLE.lean.stances[1]!, at: 1 }
  if (legs && pose === 'lean' && /^(bent|raised)$/.test(legs.pose)) {
    const stance = STANCE_TABLE.lean.stances[2]!
    return { stance: legs.side === 'L' ? mirrored(stance) : stance, at: 2 }
  }
  if (legs && (pose === 'stand' || isSeat(pose))) {
    const stance = pick(LEG_STANCES[legs.pose][pose === 'stand' ? 'stand' : 'sit'])
    return { stance: legs.side === 'R' ? mirrored(stance) : stance, at: 0 }
  }
  const { stances } = STANCE_TABLE[pose]
  const at = index === 0 ? 0 : stances.indexOf(pick(stances))
  return { stance: stances[at]!, at }
}

function withTorso(stance: Stance, said: Understanding): Stance {
  const onKnees = said.arms.L?.pose === 'knee' || said.arms.R?.pose === 'knee'
  const bends = onKnees && (said.stance ?? 'stand') === 'stand'
  const pose = bends ? 'bow' : said.torso
  if (!pose) return stance
  const { spine, tilt, z, flex } = TORSO_TABLE[pose]
  const { pelvis = {}, spine: own = {} } = stance
  const isFree = pelvis.h === undefined
  return {
    ...stance,
    pelvis: { ...pelvis, tilt: (pelvis.tilt ?? 0) + tilt, ...(isFree && { z: (pelvis.z ?? 0) + z }) },
    spine: {
      bend: (own.bend ?? 0) + (spine.bend ?? 0),
      side: (own.side ?? 0) + (spine.side ?? 0),
      twist: own.twist ?? 0,
    },
    ...(flex && isFree && { flex: Math.max(flex, stance.flex ?? 0) }),
  }
}

function withTwist(stance: Stance, head: readonly HeadPose[]): Stance {
  const way = head.includes('overLeft') ? 1 : head.includes('overRight') ? -1 : 0
  const { spine = {} } = stance
  return way === 0 ? stance : { ...stance, spine: { ...spine, twist: (spine.twist ?? 0) + way * OVER_SHOULDER.twist } }
}

/** Settings that a hand may not be given by itself, because the text says it is not there. */
const namesOf = (poses: readonly ArmPose[]): Set<string> =>
  new Set(poses.flatMap((pose) => [...ARM_TABLE[pose].one, ...(ARM_TABLE[pose].both ?? []).flat()]))

/** Poses of both hands together look wrong with one hand only. */
const NEEDS_OTHER = new Set<ArmName>(['claspLow', 'claspLowO', 'claspMid', 'claspMidO', 'lap', 'lapO'])

function fillFor(said: Understanding, pose: StancePose, at: number, pick: Pick): ArmPair {
  const { arms, isPaired } = STANCE_TABLE[pose]
  const row = isPaired ? [arms[at] ?? arms[0]!] : arms
  const avoided = namesOf(said.avoided)
  const alone = said.arms.L !== null || said.arms.R !== null
  const fits = row.filter((pair) =>
    pair.every((name) => !avoided.has(name) && !(alone && NEEDS_OTHER.has(name)) && !(alone && name === 'hip')),
  )
  return fits.length > 0 ? pick(fits) : ['relaxed', 'relaxed']
}

/** Ways in which both hands do the same. */
function pairsFor({ pose, object }: SaidArm): readonly ArmPair[] | undefined {
  const { both } = ARM_TABLE[pose]
  if (pose !== 'holdChest' || !object || !both) return both
  return both.slice(...(HELD_CLOSE.has(object) ? [1] : [0, 1]))
}

function armsFor(said: Understanding, stance: StancePose, at: number, pick: Pick): Choice['arms'] {
  const fill = fillFor(said, stance, at, pick)
  const { L, R } = said.arms
  const isPair = L !== null && R !== null && L.pose === R.pose
  const pair = isPair ? pairsFor(L) : undefined
  const [left, right] = pair ? pick(pair) : [undefined, undefined]
  // Both hands alike: one choice for both.
  const same = isPair && !pair ? pick(ARM_TABLE[L.pose].one) : undefined
  const of = (arm: typeof L, own: ArmName | undefined, filled: ArmName): Choice['arms'][Side] =>
    arm
      ? { name: own ?? same ?? pick(ARM_TABLE[arm.pose].one), pose: arm.pose, object: arm.object }
      : { name: filled, pose: null, object: undefined }
  return { L: of(L, left, fill[0]), R: of(R, right, fill[1]) }
}

/** A hand on the knee of a bent standing person comes from above. */
const KNEE_FROM_ABOVE: Partial<ArmSpec> = { palm: [0, 0.085, 0.05], f: [-0.1, -0.85, 0.45], n: [0, -0.5, -0.85] }

function armSpec({ name }: Choice['arms'][Side], isStanding: boolean): ArmSpec {
  return name === 'onKnee' && isStanding ? { ...ARMS.onKnee, ...KNEE_FROM_ABOVE } : ARMS[name]
}

function headFor(said: Understanding, turn: number, pick: Pick): { poses: HeadPose[]; spec: HeadSpec } {
  const poses = said.head.map((pose): Exclude<HeadPose, 'over' | 'aside'> => {
    if (pose === 'over') return turn > 0 ? 'overRight' : 'overLeft'
    return pose === 'aside' ? pick(['left', 'right'] as const) : pose
  })
  if (poses.length === 0) {
    if (said.stance === 'lie' || said.stance === 'lieFront') return { poses, spec: { look: 'rel', pitch: 4 } }
    // Somebody who is turned away does not wring the neck for the camera.
    if (Math.abs(turn) > 62)
      return { poses, spec: { look: 'rel', yaw: Math.abs(turn) < 110 ? (turn > 0 ? -14 : 14) : 0 } }
    return { poses: ['camera'], spec: { look: 'cam', roll: pick([0, 7, -7]) } }
  }
  const specs = poses.map((pose) => HEAD_TABLE[pose])
  const sum = (key: 'yaw' | 'pitch' | 'roll') => specs.reduce((total, spec) => total + (spec[key] ?? 0), 0)
  const aimed =
    specs.find(({ look }) => look !== 'rel' && look !== 'cam') ?? specs.find(({ look }) => look === 'rel') ?? specs[0]!
  const { look, w } = aimed
  return {
    poses,
    spec: { look, yaw: sum('yaw'), pitch: sum('pitch'), roll: sum('roll'), ...(w !== undefined && { w }) },
  }
}

function viewFor(said: Understanding, pick: Pick): Choice['view'] {
  if (said.view === 'angled') return pick(['angledLeft', 'angledRight'] as const)
  return said.view === 'side' ? pick(['sideLeft', 'sideRight'] as const) : said.view
}

/** Half turned away; the spine helps the neck. Degrees. */
const OVER_SHOULDER = { turn: 112, twist: 26 }

/** Who looks over a shoulder stands with the back half to the camera, on that shoulder's side. */
function turnFor(said: Understanding, view: Choice['view'], stance: StancePose, index: number, pick: Pick): number {
  if (view) return VIEW_TABLE[view].turn
  if (said.head.includes('overLeft')) return -OVER_SHOULDER.turn
  if (said.head.includes('overRight') || said.head.includes('over')) return OVER_SHOULDER.turn
  const shown = STANCE_TABLE[stance].turn ?? 0
  if (index === 0) return shown
  return shown === 0 ? pick(SMALL_TURNS) : pick([shown, -shown, shown + 14])
}

function decide(said: Understanding, index: number, seed: number): { choice: Choice; spec: PoseSpec } {
  const pick = pickerOf(index, seed)
  const pose = said.stance ?? 'stand'
  const { stance, at } = stanceFor(said, pose, index, pick)
  const arms = armsFor(said, pose, at, pick)
  const view = viewFor(said, pick)
  const turn = turnFor(said, view, pose, index, pick)
  const head = headFor(said, turn, pick)
  const isStanding = pose === 'stand'
  return {
    choice: { stance: pose, arms, head: head.poses, view, framing: said.framing ?? 'full', said },
    spec: {
      build: 'neutral',
      stance: withTwist(withTorso(stance, said), head.poses),
      arms: { L: armSpec(arms.L, isStanding), R: armSpec(arms.R, isStanding) },
      head: head.spec,
      turn,
      camera: CAMERA,
    },
  }
}

const HOLDS = /^(hold|ear$|selfie$)/

function propsOf({ stance, arms }: Choice): string[] {
  const holds = (['L', 'R'] as const).some((side) => HOLDS.test(arms[side].pose ?? '') || arms[side].object)
  return [...(STANCE_TABLE[stance].props ?? []), ...(holds ? ['product'] : [])]
}

/** What both arms hug is before the breast, where no hand shows the renderer the place. Seats it would have to guess. */
function withHugged(geometry: PoseGeometry, { arms }: Choice, props: readonly string[]): PoseGeometry {
  const person = geometry.people[0]
  if (!person || arms.L.pose !== 'hug' || !arms.L.object || props.length > 1) return geometry
  const joints = jointsOf(person)
  const { x, y, z } = chestFrame(joints)
  const at = along(along(joints.neckBase, y, -0.3), z, 0.16).map((value) => Math.round(value * 1000) / 1000)
  return { ...geometry, propShapes: [{ kind: 'pillow', at, size: [0.13, 0.13, 0.055], x: [...x] }] }
}

/**
 * Up to `count` (at most 24) different poses of what was understood; the first is the plainest. The same
 * understanding, count and seed always give the same drafts. Fewer come when the text leaves less room to vary.
 */
export function compose(said: Understanding, { count, seed }: { count: number; seed: number }): PoseDraft[] {
  const wanted = Math.min(Math.max(0, Math.trunc(count)), DRAFTS_MAX)
  const drafts: PoseDraft[] = []
  const tried = new Set<string>()
  let plain: PoseDraft | undefined
  for (let index = 0; index < wanted * TRIES && drafts.length < wanted; index++) {
    const { choice, spec } = decide(said, index, seed)
    const key = JSON.stringify(spec)
    if (tried.has(key)) continue
    tried.add(key)
    const draft = draftOf(choice, spec)
    plain ??= draft
    if (check(draft.geometry).length === 0) drafts.push(draft)
  }
  // When all that was said is more than a body can do at once, the plain draft is the nearest to it.
  return drafts.length === 0 && plain ? [plain] : drafts
}

function draftOf(choice: Choice, spec: PoseSpec): PoseDraft {
  const props = propsOf(choice)
  const geometry = withHugged(geometryOf(spec, choice.framing), choice, props)
  return { geometry, props, ...describe(choice), understood: choice.said.understood }
}
