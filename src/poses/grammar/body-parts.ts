// What a group says of head, legs, torso, view and framing.
import { find, type Group } from './groups'
import type { FramingPose, HeadPose, LegPose, Part, StancePose, ViewPose } from './parts'

const has = (group: Group, kind: Parameters<typeof find>[1], value?: string): boolean =>
  find(group, kind, value) !== undefined

function headPoses(group: Group): HeadPose[] {
  const dir = (name: string) => has(group, 'dir', name)
  const hasHead = has(group, 'part', 'head') || has(group, 'part', 'chin')
  const shoulder = find(group, 'part', 'shoulder')
  if (has(group, 'act', 'headUp')) return ['up']
  if (has(group, 'act', 'headDown')) return ['down']
  const hasHand = has(group, 'part', 'hand') || has(group, 'part', 'hands')
  if (has(group, 'act', 'tilt') && hasHead) return [dir('right') ? 'tiltRight' : 'tiltLeft']
  const looks =
    has(group, 'act', 'look') || (hasHead && !hasHand && (has(group, 'act', 'turn') || dir('up') || dir('down')))
  if (!looks) {
    const raised = has(group, 'part', 'chin') && !hasHand && (has(group, 'act', 'raise') || dir('up'))
    return raised ? ['up'] : []
  }
  const side = shoulder?.side ?? find(group, 'side')?.value
  if (shoulder || dir('back')) {
    if (side === 'L' || dir('left')) return ['overLeft']
    return side === 'R' || dir('right') ? ['overRight'] : ['over']
  }
  const poses: HeadPose[] = []
  if (dir('camera')) return ['camera']
  if (dir('left')) poses.push('left')
  else if (dir('right')) poses.push('right')
  else if (dir('side')) poses.push('aside')
  if (dir('up') || has(group, 'place', 'sky')) poses.push('up')
  if (dir('down') || has(group, 'ground', 'floor')) poses.push('down')
  const object = has(group, 'object') || hasHand
  if (poses.length === 0 && object) {
    const hand = group.units.find(({ kind, value }) => kind === 'part' && value.startsWith('hand'))
    poses.push(hand?.side === 'L' ? 'handL' : hand?.side === 'R' ? 'handR' : 'hands')
  }
  return poses.length > 0 || !has(group, 'place', 'front') ? poses : ['camera']
}

function legPose(group: Group): LegPose | null {
  const leg = find(group, 'part', 'leg') ?? (has(group, 'part', 'hand') ? undefined : find(group, 'part', 'knee'))
  if (has(group, 'act', 'tiptoe')) return 'tiptoe'
  if (!leg || has(group, 'part', 'hands')) return null
  if (has(group, 'act', 'cross')) return 'crossed'
  if (has(group, 'act', 'open')) return 'wide'
  if (has(group, 'act', 'bent') || leg.text.includes('bent') || leg.text.includes('tekuk')) return 'bent'
  if (has(group, 'act', 'raise') || has(group, 'dir', 'up')) return 'raised'
  if (has(group, 'act', 'together')) return 'together'
  return has(group, 'dir', 'forward') ? 'step' : null
}

function torsoPose(group: Group): 'forward' | 'bow' | 'back' | 'left' | 'right' | null {
  if (has(group, 'act', 'bend')) return has(group, 'dir', 'back') ? 'back' : 'bow'
  const leans = has(group, 'act', 'lean') || (has(group, 'act', 'tilt') && has(group, 'part', 'body'))
  if (!leans) return null
  for (const [name, pose] of [
    ['back', 'back'],
    ['left', 'left'],
    ['right', 'right'],
    ['side', 'left'],
  ] as const)
    if (has(group, 'dir', name)) return pose
  return 'forward'
}

function viewPose(group: Group): ViewPose | null {
  const turns = has(group, 'act', 'turn') && !has(group, 'part', 'head')
  const view = find(group, 'view')?.value
  const to = (name: string) => has(group, 'dir', name)
  const comes = has(group, 'stance', 'walk') || has(group, 'stance', 'run')
  if (comes && to('camera')) return to('back') || has(group, 'act', 'away') ? 'behind' : 'front'
  const showsBack = has(group, 'act', 'present') && has(group, 'place', 'back') && !has(group, 'part')
  if (showsBack) return 'behind'
  if (!view && !turns) return null
  const side = to('left') ? 'Left' : to('right') ? 'Right' : ''
  if (view === 'behind' || (turns && to('back'))) return 'behind'
  if (view === 'front' || (turns && (to('camera') || has(group, 'place', 'front') || to('forward')))) return 'front'
  if (view === 'threeQuarter' || (has(group, 'part', 'body') && turns && side)) return `angled${side}` as ViewPose
  if (view === 'side' || side || to('side')) return `side${side}` as ViewPose
  return null
}

const STANCES: Record<string, StancePose> = {
  stand: 'stand',
  sit: 'sit',
  crossLegged: 'crossLegged',
  legsOut: 'legsOut',
  squat: 'squat',
  crouch: 'crouch',
  kneel: 'kneel',
  walk: 'walk',
  run: 'run',
  jump: 'jump',
  lean: 'lean',
  lie: 'lie',
  lieFront: 'lieFront',
  lieSide: 'lieSide',
  lunge: 'lunge',
}

/** What `group` says of everything but the arms. */
export function bodyParts(group: Group, text: string): Part[] {
  const parts: Part[] = []
  for (const { kind, value } of group.units) {
    if (kind === 'stance' && value in STANCES) parts.push({ kind: 'stance', pose: STANCES[value] ?? 'stand', text })
    if (kind === 'framing') parts.push({ kind: 'framing', pose: value as FramingPose, text })
  }
  const isKneeDown = has(group, 'part', 'knee') && has(group, 'ground', 'floor')
  if (isKneeDown && !has(group, 'stance')) parts.push({ kind: 'stance', pose: 'kneel', text })
  const legs = legPose(group)
  const side = find(group, 'part', 'leg')?.side ?? find(group, 'part', 'knee')?.side
  if (legs) parts.push({ kind: 'legs', pose: legs, side: side === 'L' || side === 'R' ? side : null, text })
  const torso = torsoPose(group)
  if (torso && !has(group, 'ground', 'wall')) parts.push({ kind: 'torso', pose: torso, text })
  if (torso && has(group, 'ground', 'wall')) parts.push({ kind: 'stance', pose: 'lean', text })
  const view = viewPose(group)
  if (view) parts.push({ kind: 'view', pose: view, text })
  for (const pose of headPoses(group)) parts.push({ kind: 'head', pose, text })
  return parts
}
