// How each stance is made and said, what the arms do in it when nobody says, and what it stands or sits on.
import type { ArmName } from '../rig/arm-settings'
import { mirrored, type SpineSpec, type Stance } from '../rig/spec'
import { STANCES } from '../rig/stances'
import type { LegPose, StancePose, TorsoPose } from './parts'

export type ArmPair = readonly [left: ArmName, right: ArmName]

export type StanceRow = {
  /** The first is the plainest. */
  stances: readonly Stance[]
  /** Arms that nobody spoke of, for each stance in turn when there are as many. */
  arms: readonly ArmPair[]
  /** Are `arms` tied to the stance of the same place, as the swing of a walk is? */
  isPaired?: boolean
  props?: readonly string[]
  /** The turn that shows the stance, where the front would hide it. */
  turn?: number
  en: string
  id: string
}

const S = STANCES
const both = (stance: Stance): readonly Stance[] => [stance, mirrored(stance)]
const RELAXED: readonly ArmPair[] = [
  ['relaxed', 'relaxed'],
  ['relaxedIn', 'relaxedIn'],
  ['relaxed', 'hip'],
  ['pocket', 'relaxed'],
  ['claspLow', 'claspLowO'],
  ['relaxedOut', 'relaxed'],
]
const SEATED: readonly ArmPair[] = [
  ['onThigh', 'onThigh'],
  ['lap', 'lapO'],
  ['onKnee', 'onThigh'],
]
const FLYING: readonly ArmPair[] = [
  ['fistPump', 'fistPump'],
  ['armUpV', 'armUpV'],
  ['armOutUp', 'armOutUp'],
]

export const STANCE_TABLE: Record<StancePose, StanceRow> = {
  stand: {
    stances: [S.neutral, ...both(S.easeR), ...both(S.contraR), S.shoulder, ...both(S.stepL)],
    arms: RELAXED,
    en: 'standing',
    id: 'berdiri',
  },
  walk: {
    stances: both(S.walkL),
    isPaired: true,
    arms: [
      ['swingBackS', 'swingFwdS'],
      ['swingFwdS', 'swingBackS'],
    ],
    en: 'walking',
    id: 'berjalan',
  },
  run: {
    stances: [...both(S.runDrive), mirrored(S.runFloat), S.runFloat],
    isPaired: true,
    arms: [
      ['runBack', 'runFwd'],
      ['runFwd', 'runBack'],
      ['runBack', 'runFwd'],
      ['runFwd', 'runBack'],
    ],
    turn: 36,
    en: 'running',
    id: 'berlari',
  },
  jump: { stances: [S.jumpHop, S.jumpStar, S.jumpTuck], arms: FLYING, en: 'jumping', id: 'melompat' },
  sit: {
    stances: [S.sit, S.sitTogether, S.sitWide],
    arms: SEATED,
    props: ['chair'],
    en: 'sitting on a chair',
    id: 'duduk di kursi',
  },
  stool: {
    stances: [S.stool, mirrored(S.stool), S.stoolCross],
    arms: SEATED,
    props: ['stool'],
    en: 'sitting on a stool',
    id: 'duduk di bangku',
  },
  floor: {
    stances: [S.floorOneUp, ...both(S.floorSideL), mirrored(S.floorOneUp)],
    arms: [
      ['overKnee', 'floorBack'],
      ['floorSide', 'onThigh'],
    ],
    turn: 24,
    en: 'sitting on the floor',
    id: 'duduk di lantai',
  },
  legsOut: {
    stances: [S.floorLegsOut],
    arms: [
      ['onThigh', 'onThigh'],
      ['floorBack', 'floorBack'],
    ],
    turn: 34,
    en: 'sitting on the floor with the legs stretched out',
    id: 'duduk selonjor di lantai',
  },
  crossLegged: {
    stances: [S.floorCross],
    arms: [
      ['onKnee', 'onKnee'],
      ['lap', 'lapO'],
    ],
    en: 'sitting cross-legged on the floor',
    id: 'duduk bersila',
  },
  squat: {
    stances: [S.deepSquat, S.crouch, mirrored(S.crouch)],
    arms: [
      ['overKnee', 'overKnee'],
      ['elbowKnee', 'overKnee'],
    ],
    en: 'squatting',
    id: 'jongkok',
  },
  crouch: { stances: both(S.crouch), arms: [['overKnee', 'overKnee']], en: 'crouching', id: 'jongkok rendah' },
  kneel: {
    stances: [S.kneelBoth, S.seiza],
    arms: [
      ['onThigh', 'onThigh'],
      ['relaxed', 'relaxed'],
    ],
    turn: 24,
    en: 'kneeling on both knees',
    id: 'berlutut',
  },
  kneelOne: {
    stances: both(S.kneelOne),
    arms: [
      ['onKnee', 'relaxed'],
      ['relaxed', 'onKnee'],
    ],
    isPaired: true,
    turn: 24,
    en: 'kneeling on one knee',
    id: 'berlutut dengan satu kaki',
  },
  lean: {
    stances: [S.leanWall, S.leanWallCrossed, S.leanWallFootUp],
    arms: [
      ['relaxed', 'relaxed'],
      ['pocket', 'pocket'],
      ['behindBackLow', 'behindBackLow'],
    ],
    props: ['wall'],
    turn: 14,
    en: 'leaning back against a wall',
    id: 'bersandar di dinding',
  },
  lie: {
    stances: [S.lieBack, S.lieBackFlat],
    arms: [['behindHead', 'behindHead']],
    turn: 78,
    en: 'lying on the back',
    id: 'berbaring telentang',
  },
  lieFront: { stances: [S.lieFront], arms: [['jaw', 'jaw']], turn: 40, en: 'lying on the front', id: 'tengkurap' },
  lieSide: {
    stances: both(S.lieSide),
    arms: [
      ['relaxedIn', 'cheek'],
      ['cheek', 'relaxedIn'],
    ],
    isPaired: true,
    en: 'lying on the side',
    id: 'berbaring miring',
  },
  lunge: { stances: both(S.lungeL), arms: [['hip', 'hip']], turn: 36, en: 'in a lunge', id: 'kuda-kuda' },
}

/** Stances that the legs decide. `L` is the leg that does it; the other leg is the mirror image. */
export const LEG_STANCES: Record<
  LegPose,
  { stand: readonly Stance[]; sit: readonly Stance[]; en: string; id: string }
> = {
  crossed: {
    stand: [mirrored(S.crossed), S.crossed],
    sit: both(S.sitCrossR),
    en: 'legs crossed',
    id: 'kaki menyilang',
  },
  wide: { stand: [S.wide, S.xwide], sit: [S.sitWide], en: 'legs apart', id: 'kaki terbuka lebar' },
  bent: { stand: [S.kneePopL, S.heelBack], sit: [S.sit], en: 'one knee bent', id: 'satu kaki ditekuk' },
  raised: { stand: [S.kneeLift, S.heelBack], sit: both(S.sitCrossR), en: 'one leg lifted', id: 'satu kaki terangkat' },
  together: { stand: [S.together], sit: [S.sitTogether], en: 'feet together', id: 'kaki rapat' },
  tiptoe: { stand: [S.tiptoe], sit: [S.sitTogether], en: 'on tiptoe', id: 'berjinjit' },
  step: { stand: [S.stepL], sit: [S.sit], en: 'one foot forward', id: 'satu kaki di depan' },
}

type Torso = { spine: SpineSpec; tilt: number; z: number; flex?: number; en: string; id: string }

/** What the torso adds to a stance. Hips go back when the chest goes forward, or the person would fall. */
export const TORSO_TABLE: Record<TorsoPose, Torso> = {
  forward: { spine: { bend: 14 }, tilt: 14, z: -0.08, en: 'leaning forward', id: 'badan condong ke depan' },
  bow: { spine: { bend: 18 }, tilt: 34, z: -0.17, flex: 34, en: 'bending forward', id: 'membungkuk' },
  back: { spine: { bend: -16 }, tilt: -6, z: 0.06, en: 'leaning back', id: 'badan condong ke belakang' },
  left: { spine: { side: 24 }, tilt: 0, z: 0, en: 'leaning to the left', id: 'badan miring ke kiri' },
  right: { spine: { side: -24 }, tilt: 0, z: 0, en: 'leaning to the right', id: 'badan miring ke kanan' },
}
