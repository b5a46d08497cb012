// A draft in words: its name in two languages and the hint for an image model.
import { ARM_TABLE, OBJECTS } from './arm-table'
import type { Choice } from './compose'
import { HEAD_TABLE, VIEW_TABLE } from './head-table'
import { LEG_STANCES, STANCE_TABLE, TORSO_TABLE } from './stance-table'

type Language = 'en' | 'id'
const HAND = { en: { L: 'left hand', R: 'right hand' }, id: { L: 'tangan kiri', R: 'tangan kanan' } } as const
const BOTH = { en: 'both hands', id: 'kedua tangan' } as const
const FRAMING = { full: 'full body', half: 'half body', portrait: 'close-up' } as const
const NAME_CHARACTERS_MAX = 90

type Arm = Choice['arms']['L']

function armWords(arm: Arm, language: Language): string {
  const row = ARM_TABLE[arm.pose ?? 'down']
  const object = OBJECTS[arm.object ?? 'product'] ?? OBJECTS.product!
  const words = row[language].replace('*', object[language])
  return arm.pose === 'hug' ? `${words} ${object[language]}` : words
}

/** What both arms do, as far as it was said. */
function armsWords({ L, R }: Choice['arms'], language: Language): string[] {
  if (L.pose && L.pose === R.pose && (L.object ?? R.object) === (R.object ?? L.object)) {
    const row = ARM_TABLE[L.pose]
    const own = language === 'en' ? row.bothEn : row.bothId
    const object = L.pose === 'hug' ? ` ${(OBJECTS[L.object ?? 'product'] ?? OBJECTS.product!)[language]}` : ''
    return [own ? `${own}${object}` : `${BOTH[language]} ${armWords(L, language)}`]
  }
  return (['L', 'R'] as const).flatMap((side) => {
    const arm = side === 'L' ? L : R
    return arm.pose ? [`${HAND[language][side]} ${armWords(arm, language)}`] : []
  })
}

function bodyWords({ stance, said }: Choice, language: Language): string[] {
  const words = [STANCE_TABLE[stance][language]]
  if (said.legs) words.push(LEG_STANCES[said.legs.pose][language])
  if (said.torso) words.push(TORSO_TABLE[said.torso][language])
  return words
}

function headWords({ head }: Choice, language: Language): string[] {
  return head.flatMap((pose) => (pose === 'over' || pose === 'aside' ? [] : [HEAD_TABLE[pose][language]]))
}

function nameIn(choice: Choice, language: Language): string {
  const saidHead = choice.said.head.length > 0 ? headWords(choice, language) : []
  const view = choice.view && choice.view !== 'front' ? [VIEW_TABLE[choice.view][language]] : []
  const words = [...bodyWords(choice, language), ...armsWords(choice.arms, language), ...saidHead, ...view].join(', ')
  const short = words.length > NAME_CHARACTERS_MAX ? words.slice(0, words.lastIndexOf(',', NAME_CHARACTERS_MAX)) : words
  return short.charAt(0).toUpperCase() + short.slice(1)
}

/**
 * For the renderer, which takes a product for held by the only hand that is named: so only a hand that holds is named,
 * and none when both do.
 */
function rendererWords(choice: Choice): string {
  const { L, R } = choice.arms
  const held = [L, R].filter(({ object, pose }) => object ?? pose?.startsWith('hold'))
  const phone = [L, R].find(({ pose }) => pose === 'ear' || pose === 'selfie')
  const object = phone ? 'phone' : held[0] && (OBJECTS[held[0].object ?? 'product'] ?? OBJECTS.product!).en
  const holder = phone ?? (held.length === 1 ? held[0] : undefined)
  const hand = holder && ` in the ${holder === L ? HAND.en.L : HAND.en.R}`
  return `${STANCE_TABLE[choice.stance].en}${object ? `, ${object}${hand ?? ''}` : ''}`
}

export function describe(choice: Choice): { name: { en: string; id: string }; promptHint: string; words: string } {
  const promptHint = [
    `${FRAMING[choice.framing]} photo`,
    ...bodyWords(choice, 'en'),
    ...armsWords(choice.arms, 'en'),
    ...headWords(choice, 'en'),
    choice.view ? VIEW_TABLE[choice.view].en : 'front view',
  ].join(', ')
  return { name: { en: nameIn(choice, 'en'), id: nameIn(choice, 'id') }, promptHint, words: rendererWords(choice) }
}
