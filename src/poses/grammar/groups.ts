// Tokens of a clause become groups: one thing that is said, with its part of the body, its sides and its directions.
import type { Token } from './tokens'

/** A token, or a part of the body with the side that was said of it. */
export type Unit = Token & { side?: string }
export type Group = { units: Unit[]; isMeans: boolean; isNegated: boolean }

const ABOUT_ARMS = new Set(
  [
    'point wave thumb thumbDown peace okay fingerHeart heart stop clap pray salute arms akimbo hug hold offer present',
    'touch rest call usePhone selfie shade think shrug flex fist hush',
  ].flatMap((line) => line.split(' ')),
)
const ABOUT_HEAD = new Set(['look', 'headUp', 'headDown'])
/** A plain movement that a gesture says more exactly: `raise a thumb`. */
const PLAIN = new Set(['raise', 'rest', 'relax', 'open', 'hold', 'present'])
const ADDS_TO_HOLDING = new Set(['raise', 'offer', 'present', 'open', 'hold', 'rest'])
const WHERE_HELD = new Set(['chest', 'face', 'front', 'overhead', 'palm'])
/** Acts that go on when their hand is said to be in one of these places. */
const DONE_THERE = new Set('hold raise offer present open cross pray heart clap peace okay rest touch'.split(' '))
/** Signs that are often made beside the face. */
const MADE_BY_FACE = new Set('peace okay heart fingerHeart thumb wave drink hold'.split(' '))
const NEAR_FACE = new Set('face eyes cheek mouth chest'.split(' '))

const isHand = ({ kind, value }: Unit): boolean => kind === 'part' && (value === 'hand' || value === 'hands')
const isBareSide = ({ kind }: Unit): boolean => kind === 'side'

export const find = ({ units }: Group, kind: Unit['kind'], value?: string): Unit | undefined =>
  units.find((unit) => unit.kind === kind && (value === undefined || unit.value === value))

/** A side next to a part of the body belongs to it. The more telling of two sides wins: `satu tangan kiri`. */
function withSides(tokens: readonly Token[]): Unit[] {
  const units: Unit[] = []
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!
    const last = units.at(-1)
    const next = tokens[i + 1]
    if (token.kind === 'side' && next?.kind === 'side') {
      if (/^[LR]$/.test(token.value)) tokens = tokens.toSpliced(i + 1, 1, token)
    } else if (token.kind === 'side' && next?.kind === 'part' && !(last?.kind === 'part' && !last.side)) {
      units.push({ ...next, side: token.value, text: `${token.text} ${next.text}` })
      i++
    } else if (token.kind === 'side' && last?.kind === 'part' && !last.side) {
      units[units.length - 1] = { ...last, side: token.value, text: `${last.text} ${token.text}` }
    } else if (token.kind === 'part' && isSamePart(last, token)) {
      // `telapak tangan` is one hand.
      units[units.length - 1] = { ...last!, text: `${last!.text} ${token.text}` }
    } else units.push(token)
  }
  return units
}

const isSamePart = (last: Unit | undefined, next: Token): boolean =>
  last?.kind === 'part' && next.kind === 'part' && isHand(last) && isHand(next)

const isDoneAt = (act: Unit, place: Unit): boolean =>
  act.value === 'rest' ||
  act.value === 'touch' ||
  (DONE_THERE.has(act.value) && WHERE_HELD.has(place.value)) ||
  (MADE_BY_FACE.has(act.value) && NEAR_FACE.has(place.value))

/** Does `unit` begin to say something else than `group` has said so far? */
function startsAnew(group: Group, unit: Unit, rest: readonly Unit[]): boolean {
  const act = find(group, 'act')
  const place = find(group, 'place')
  const hand = group.units.find(isHand)
  const said = act ?? place
  if (unit.kind === 'not') return true
  if (unit.kind === 'stance') return said !== undefined
  if (unit.kind === 'act') {
    if (!act) return place !== undefined && hand !== undefined && !isDoneAt(unit, place)
    if (act.value === unit.value) return false
    if (act.value === 'hold') return !ADDS_TO_HOLDING.has(unit.value)
    if (PLAIN.has(act.value)) return ABOUT_HEAD.has(unit.value)
    return !(unit.value === 'raise' && ABOUT_ARMS.has(act.value))
  }
  if (unit.kind === 'place' && place && unit.value !== place.value) return hand !== undefined && !act
  if (isHand(unit) || isBareSide(unit)) {
    const sided = group.units.some((each) => isHand(each) || isBareSide(each))
    if (sided) return said !== undefined || find(group, 'dir') !== undefined
    if (act && group.units.some(({ kind, value }) => kind === 'part' && value === 'leg')) return true
    if (act && (ABOUT_HEAD.has(act.value) || /^(turn|lean|bend|tilt|bent|tiptoe)$/.test(act.value))) return true
    const follows = rest.slice(0, 2).find(({ kind }) => kind === 'place' || kind === 'act')
    return said !== undefined && follows !== undefined && !(act && isDoneAt(act, follows))
  }
  if (unit.kind === 'part' && (unit.value === 'leg' || unit.value === 'body' || unit.value === 'head')) {
    if (hand && said) return true
    return act !== undefined && (ABOUT_ARMS.has(act.value) || group.units.some(({ kind }) => kind === 'part'))
  }
  return false
}

const saysSomething = ({ units }: Group): boolean =>
  units.some(({ kind, value }) => !/^(part|side|to|object)$/.test(kind) || value === 'knee') ||
  (units.some(isHand) && units.some(({ kind, value }) => kind === 'part' && /^(chin|head|shoulder)$/.test(value)))

/** `memegang gelas dengan tangan kiri di depan dada`: the clause says how and where, not something new. */
function isMeansOf(group: Group, last: Group): boolean {
  const act = find(last, 'act')
  const place = find(group, 'place')
  const isBare = group.units.every(
    ({ kind, value }) => /^(part|side|to)$/.test(kind) || WHERE_HELD.has(value) || NEAR_FACE.has(value),
  )
  return group.isMeans && isBare && act !== undefined && place !== undefined && isDoneAt(act, place)
}

/** A clause that names only a part or a thing belongs to its neighbour: `melambai dengan tangan kiri`. */
function joined(groups: readonly Group[]): Group[] {
  const result: Group[] = []
  let waiting: Group | undefined
  const takesHand = (group: Group | undefined): boolean =>
    group !== undefined && !group.units.some((unit) => isHand(unit) || isBareSide(unit))
  groups.forEach((group, i) => {
    const last = result.at(-1)
    const next = groups[i + 1]
    if (last && !waiting && takesHand(last) && isMeansOf(group, last)) {
      last.units.push(...group.units)
    } else if (saysSomething(group)) {
      result.push(waiting ? { ...group, units: [...waiting.units, ...group.units] } : group)
      waiting = undefined
    } else if (
      last &&
      !waiting &&
      (group.isMeans || !next || !takesHand(next) || !saysSomething(next)) &&
      takesHand(last)
    ) {
      last.units.push(...group.units)
    } else if (last && !group.units.some(({ kind }) => kind === 'part' || kind === 'side')) {
      // A thing alone is held by who holds; otherwise it is what somebody wears or sells.
      const act = find(last, 'act')
      if (act && ADDS_TO_HOLDING.has(act.value) && !find(last, 'object')) last.units.push(...group.units)
    } else {
      waiting = waiting ? { ...waiting, units: [...waiting.units, ...group.units] } : group
    }
  })
  return waiting ? [...result, waiting] : result
}

export function groupsOf(clauses: readonly { tokens: Token[]; isMeans: boolean }[]): Group[] {
  const groups: Group[] = []
  for (const { tokens, isMeans } of clauses) {
    const units = withSides(tokens)
    let group: Group = { units: [], isMeans, isNegated: false }
    units.forEach((unit, i) => {
      if (group.units.length > 0 && startsAnew(group, unit, units.slice(i + 1))) {
        groups.push(group)
        group = { units: [], isMeans: false, isNegated: false }
      }
      if (unit.kind === 'not') group.isNegated = true
      else group.units.push(unit)
    })
    if (group.units.length > 0) groups.push(group)
  }
  return joined(groups)
}
