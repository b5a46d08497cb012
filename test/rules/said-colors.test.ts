import { expect, test } from 'vitest'
import { EMPTY_ATTRIBUTES, EMPTY_PERSONA } from '../../src/avatars/fields'
import type { Palette } from '../../src/db/tables/avatars'
import { paletteBesides } from '../../src/generations/said-colors'

const PALETTE: Palette = { skin: [180, 130, 96], hair: [30, 25, 25], top: [232, 126, 52], bottom: [42, 42, 46] }
const AVATAR = {
  ...{ id: 'avt_1', attributes: EMPTY_ATTRIBUTES, persona: EMPTY_PERSONA, lookSeed: 7 },
  words: 'orange blouse, black trousers',
}
const besides = (words: string, person = AVATAR.words) => paletteBesides(PALETTE, AVATAR, { key: '', words, person })

test.each([
  ['gaun biru panjang', { top: null }],
  ['white trousers', { bottom: null }],
  ['berhijab krem, kemeja hijau', { hair: null, top: null }],
  ['tersenyum lebar', {}],
  ['holding a blue bottle', {}],
])('a variation in "%s" keeps the other colours of the person', (words, changed) => {
  expect(besides('', words)).toEqual({ ...PALETTE, ...changed })
})

test('what a shoot adds counts as said; what was said of the avatar itself changes nothing', () => {
  expect(besides('kemeja merah')).toEqual({ ...PALETTE, top: null })
  expect(besides('')).toEqual(PALETTE)
})
