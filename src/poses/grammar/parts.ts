// What can be said of a pose, part by part.

export type ArmSide = 'L' | 'R' | 'B' | 'one' | 'other' | 'free'

export type ArmPose =
  | (
      | 'hip'
      | 'pocket'
      | 'jacketPocket'
      | 'backPocket'
      | 'crossed'
      | 'up'
      | 'down'
      | 'open'
      | 'side'
      | 'back'
      | 'propped'
      | 'forward'
    )
  | ('pointUp' | 'pointDown' | 'pointSide' | 'pointAcross' | 'pointFront' | 'pointSelf')
  | ('wave' | 'thumb' | 'thumbDown' | 'peace' | 'okay' | 'fingerHeart' | 'heartShape' | 'stop' | 'clap' | 'pray')
  | ('salute' | 'shrug' | 'flex' | 'fist' | 'hush' | 'present' | 'clasp' | 'hug' | 'knee' | 'thigh' | 'shoulder')
  | ('chin' | 'cheek' | 'behindHead' | 'hair' | 'hat' | 'glasses' | 'mouth' | 'heart' | 'shade' | 'ear' | 'selfie')
  | ('holdChest' | 'holdFace' | 'holdOverhead' | 'holdFront' | 'holdPalm' | 'holdSide' | 'holdDown' | 'drink')

export type HeadPose =
  | ('camera' | 'left' | 'right' | 'up' | 'down' | 'tiltLeft' | 'tiltRight')
  | ('overLeft' | 'overRight' | 'over' | 'aside' | 'hands' | 'handL' | 'handR')

export type StancePose =
  | ('stand' | 'walk' | 'run' | 'jump' | 'sit' | 'stool' | 'floor' | 'legsOut' | 'crossLegged' | 'squat' | 'crouch')
  | ('kneel' | 'kneelOne' | 'lean' | 'lie' | 'lieFront' | 'lieSide' | 'lunge')

export type LegPose = 'crossed' | 'wide' | 'bent' | 'raised' | 'together' | 'tiptoe' | 'step'
export type TorsoPose = 'forward' | 'bow' | 'back' | 'left' | 'right'
export type ViewPose = 'front' | 'angledLeft' | 'angledRight' | 'sideLeft' | 'sideRight' | 'behind' | 'angled' | 'side'
export type FramingPose = 'full' | 'half' | 'portrait'

/** One thing that was said; `text` is the words that said it. */
export type Part =
  | { kind: 'arm'; side: ArmSide; pose: ArmPose; object?: string; text: string }
  | { kind: 'head'; pose: HeadPose; text: string }
  | { kind: 'stance'; pose: StancePose; text: string }
  | { kind: 'legs'; side: 'L' | 'R' | null; pose: LegPose; text: string }
  | { kind: 'torso'; pose: TorsoPose; text: string }
  | { kind: 'view'; pose: ViewPose; text: string }
  | { kind: 'framing'; pose: FramingPose; text: string }
