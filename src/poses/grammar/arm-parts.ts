// What a group says of the arms.
import { find, type Group } from './groups'
import type { ArmPose, ArmSide, Part } from './parts'

type Said = {
  act: string | undefined
  places: string[]
  dirs: string[]
  object: string | undefined
  /** `ke samping` is a movement, `di samping` a place. */
  isAimed: boolean
}

/** Gestures that need nothing else to be known. */
const GESTURES: Record<string, ArmPose> = {
  wave: 'wave',
  peace: 'peace',
  okay: 'okay',
  fingerHeart: 'fingerHeart',
  stop: 'stop',
  clap: 'clap',
  pray: 'pray',
  salute: 'salute',
  arms: 'crossed',
  akimbo: 'hip',
  hug: 'hug',
  call: 'ear',
  selfie: 'selfie',
  usePhone: 'holdChest',
  shade: 'shade',
  think: 'chin',
  shrug: 'shrug',
  flex: 'flex',
  hush: 'hush',
  drink: 'drink',
  thumbDown: 'thumbDown',
}

/** Where an empty hand is. */
const PLACES: Record<string, ArmPose> = {
  hip: 'hip',
  pocket: 'pocket',
  jacketPocket: 'jacketPocket',
  backPocket: 'backPocket',
  chest: 'heart',
  heart: 'heart',
  cheek: 'cheek',
  behindHead: 'behindHead',
  back: 'back',
  overhead: 'up',
  sky: 'up',
  face: 'cheek',
  front: 'clasp',
  hair: 'hair',
  hat: 'hat',
  glasses: 'glasses',
  mouth: 'mouth',
  ear: 'ear',
  eyes: 'shade',
  thigh: 'thigh',
  knee: 'knee',
  chin: 'chin',
  head: 'hair',
  shoulder: 'shoulder',
  sides: 'down',
}
/** What is held there is not a product. */
const WORN = new Set([
  'hair',
  'hat',
  'glasses',
  'cheek',
  'chin',
  'hip',
  'behindHead',
  'mouth',
  'knee',
  'shoulder',
  'thigh',
])

const HELD_AT: Record<string, ArmPose> = {
  face: 'holdFace',
  cheek: 'holdFace',
  overhead: 'holdOverhead',
  palm: 'holdPalm',
  sides: 'holdSide',
}

function pointed({ dirs, places, object }: Said): ArmPose {
  const to = (...names: string[]) => names.some((name) => dirs.includes(name) || places.includes(name))
  if (to('self')) return 'pointSelf'
  if (to('camera', 'forward', 'front')) return 'pointFront'
  if (to('up', 'sky', 'overhead')) return 'pointUp'
  if (to('down')) return 'pointDown'
  // At what the other hand holds, or would.
  return object && dirs.length === 0 ? 'pointAcross' : 'pointSide'
}

function held({ act, places, dirs, object }: Said): ArmPose {
  const worn = places.find((place) => WORN.has(place))
  if (worn && !object && act !== 'offer') return PLACES[worn] ?? 'holdChest'
  const at = places.find((place) => place in HELD_AT)
  if (at) return HELD_AT[at] ?? 'holdChest'
  if (act === 'raise' || dirs.includes('up')) return 'holdOverhead'
  if (act === 'offer' || dirs.includes('forward') || dirs.includes('camera')) return 'holdFront'
  if (act === 'present' || dirs.includes('side')) return 'holdSide'
  if (object === 'bag' || dirs.includes('down')) return 'holdDown'
  return places.includes('ear') ? 'ear' : 'holdChest'
}

function stretched({ places, dirs, isAimed }: Said): ArmPose | null {
  const place = places.find((name) => name in PLACES)
  if (place) return PLACES[place] ?? null
  if (dirs.includes('up')) return 'up'
  if (dirs.includes('down')) return 'down'
  if (dirs.some((dir) => /^(side|left|right)$/.test(dir))) return isAimed ? 'side' : 'down'
  if (dirs.includes('back')) return 'back'
  return dirs.includes('forward') || dirs.includes('camera') ? 'forward' : null
}

function poseOf(said: Said, hasArm: boolean, isPair: boolean): ArmPose | null {
  const { act, object, dirs, places } = said
  if (act && act in GESTURES) return GESTURES[act] ?? null
  if (places.includes('mouth') && (object === 'cup' || object === 'bottle')) return 'drink'
  switch (act) {
    case 'point':
      return pointed(said)
    case 'thumb':
      return dirs.includes('down') ? 'thumbDown' : 'thumb'
    case 'fist':
      return stretched(said) ?? 'fist'
    case 'relax':
      return hasArm ? (stretched({ ...said, isAimed: false }) ?? 'down') : null
    case 'heart':
      return isPair ? 'heartShape' : 'fingerHeart'
    case 'cross':
      return hasArm || places.includes('chest') ? 'crossed' : null
    case 'hold':
      return held(said)
    case 'offer':
      if (!object && !hasArm && places.length === 0 && !dirs.includes('forward')) return null
      return object || !hasArm ? held(said) : 'forward'
    case 'present':
      // `memperlihatkan punggung`: the whole person turns round.
      if (places.includes('back') && !hasArm) return null
      if (places.includes('palm') && dirs.includes('side')) return 'present'
      if (object || places.includes('palm')) return held(said)
      return hasArm || dirs.length > 0 ? 'present' : null
    case 'raise':
      return object ? held(said) : hasArm || dirs.length > 0 || places.length > 0 ? 'up' : null
    case 'open':
      if (places.includes('palm')) return object ? 'holdPalm' : 'present'
      return object && isPair ? held(said) : hasArm ? 'open' : null
    case 'touch':
    case 'rest':
    case undefined:
      if (places.includes('palm')) return object ? 'holdPalm' : 'present'
      if (object && (places.length > 0 || hasArm)) {
        if (places.includes('ear')) return 'ear'
        return places.some((place) => WORN.has(place)) ? stretched(said) : held(said)
      }
      // `rambut panjang`, `topi merah`, `saku besar`: a place without a hand is how somebody looks.
      return hasArm || act ? stretched(said) : null
    default:
      return null
  }
}

/** Gestures that one hand makes unless both are named, and poses that want both. */
const WANTS_BOTH = new Set<ArmPose>(
  [
    'hip pocket jacketPocket backPocket crossed open down clap pray shrug hug knee thigh heartShape clasp back behindHead',
  ].flatMap((line) => line.split(' ') as ArmPose[]),
)
const BOTH_FOR = new Set(['box', 'gift', 'laptop', 'doll', 'clothes', 'plate'])
/** An act that takes precedence when a group has several. */
const STRONGEST = [
  'thumbDown',
  'thumb',
  'peace',
  'okay',
  'fingerHeart',
  'heart',
  'point',
  'call',
  'drink',
  'selfie',
  'present',
  'offer',
]

function actOf(group: Group): string | undefined {
  const acts = group.units.filter(({ kind }) => kind === 'act').map(({ value }) => value)
  if (acts.includes('hold') && acts.includes('raise')) return 'raise'
  // `jalan santai bawa tas`: what is relaxed is the walk.
  return STRONGEST.find((act) => acts.includes(act)) ?? acts.find((act) => act !== 'relax') ?? acts[0]
}

function sideOf(group: Group, said: Said, pose: ArmPose): ArmSide {
  const hand = group.units.find(({ kind, value }) => kind === 'part' && /^hands?$/.test(value))
  const bare = find(group, 'side')
  const asked = (hand?.side ?? bare?.value) as ArmSide | undefined
  if (asked === 'one') return 'one'
  if (asked) return asked
  if (hand?.value === 'hands') return 'B'
  const ofPlace = group.units.find(({ kind, side }) => kind === 'part' && side)?.side
  if (ofPlace && /^[LRB]$/.test(ofPlace)) return ofPlace as ArmSide
  if (pose === 'pointSide') {
    if (said.dirs.includes('left')) return 'L'
    if (said.dirs.includes('right')) return 'R'
  }
  if (hand && /^(hand|arm)/.test(hand.text) && pose !== 'crossed') return 'one'
  if (said.object && BOTH_FOR.has(said.object)) return 'B'
  if (pose === 'holdOverhead' || pose === 'holdFront') return 'B'
  return WANTS_BOTH.has(pose) ? 'B' : 'free'
}

const HOLDS = /^(hold|offer|present|raise|hug)$/

/** Clothes and shoes are worn unless somebody holds them. */
function objectOf(group: Group): string | undefined {
  const object = find(group, 'object')?.value
  const isWorn = object === 'clothes' || object === 'shoe'
  return isWorn && !HOLDS.test(actOf(group) ?? '') ? undefined : object
}

/** `telapak tangan kanan terbuka`: an open hand, not arms spread wide. */
const isOpenPalm = (group: Group): boolean =>
  find(group, 'act', 'open') !== undefined && group.units.some(({ text }) => /telapak|palm/.test(text))

/** The part that `group` says of the arms, or null. */
export function armPart(group: Group, text: string): Part | null {
  const values = (kind: 'place' | 'dir' | 'object') =>
    group.units.filter((unit) => unit.kind === kind).map(({ value }) => value)
  const parts = group.units.filter(({ kind }) => kind === 'part')
  const hands = parts.filter(({ value }) => /^hands?$/.test(value))
  const bare = find(group, 'side')
  const onPart = parts.filter(({ value }) => !/^hands?$/.test(value)).map(({ value }) => value)
  if (onPart.some((value) => value === 'leg' || value === 'body') && hands.length === 0) return null
  const said: Said = {
    act: actOf(group),
    places: [...values('place'), ...onPart, ...(isOpenPalm(group) ? ['palm'] : [])],
    dirs: values('dir'),
    object: objectOf(group),
    isAimed: find(group, 'to') !== undefined || /sideways?/.test(find(group, 'dir')?.text ?? ''),
  }
  const hasArm = hands.length > 0 || bare !== undefined
  if (said.act && /^(look|headUp|headDown|tilt|turn|lean|bend|bent|tiptoe|together)$/.test(said.act)) return null
  if (!hasArm && onPart.length > 0 && /^(raise|relax)$/.test(said.act ?? '')) return null
  if (!hasArm && said.act === undefined && onPart.length > 0) return null
  const isPair = !hasArm || /^(B)$/.test(hands[0]?.side ?? bare?.value ?? '') || hands[0]?.value === 'hands'
  const pose = poseOf(said, hasArm, isPair)
  if (!pose) return null
  if (said.act === 'usePhone') said.object = 'phone'
  const side = sideOf(group, said, pose)
  const across =
    pose === 'pointSide' &&
    ((side === 'R' && said.dirs.includes('left')) || (side === 'L' && said.dirs.includes('right')))
  return {
    kind: 'arm',
    side,
    pose: across ? 'pointAcross' : pose,
    ...(pose === 'drink' && { object: 'cup' }),
    ...(said.object && /^(hold|hug|ear|selfie|drink)/.test(pose) && { object: said.object }),
    text,
  }
}
