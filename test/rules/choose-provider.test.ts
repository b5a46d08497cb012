import { expect, test } from 'vitest'
import { choices, type Needs } from '../../src/providers/choose'
import type { Capabilities, ImageProvider } from '../../src/providers/contract'

const provider = (id: string, able: Partial<Capabilities> = {}, simulated = false): ImageProvider => ({
  ...{ id, model: 'm', simulated, limits: null, timeouts: { submitMs: 1, pollMs: 1, jobMs: 1 } },
  capabilities: {
    control: 'controlnet',
    maxReferences: 1,
    backgrounds: true,
    plates: false,
    minSidePx: 256,
    maxSidePx: 1536,
    ...able,
  },
  estimateMicroUsd: () => 0,
  submit: () => Promise.reject(new Error('not asked here')),
})

const fal = provider('fal')
const klein = provider('workers-ai', { control: 'reference' })
const wavespeed = provider('wavespeed', { maxReferences: 0 })
const words = provider('huggingface-text', { control: 'none', maxReferences: 0 })
const drawing = provider('embedded', {}, true)

const needs: Needs = { hasReference: false, looseControl: false, widthPx: 1024, heightPx: 1024 }
const idsOf = (providers: ImageProvider[], wish: Partial<Needs> = {}) =>
  choices(providers, { ...needs, ...wish }).map((choice) => choice.provider.id)

test('providers are asked in the order of the list', () => {
  expect(idsOf([wavespeed, klein, fal])).toEqual(['wavespeed', 'workers-ai', 'fal'])
})

test('who cannot take the pose makes no picture, unless the seller said that words will do', () => {
  expect(idsOf([words, fal])).toEqual(['fal'])
  expect(idsOf([words])).toEqual([])
  expect(idsOf([fal, words], { looseControl: true })).toEqual(['fal', 'huggingface-text'])
})

test('who follows the pose as a picture may stand in for a ControlNet, and says so', () => {
  expect(choices([fal, klein], needs)).toMatchObject([{ degraded: [] }, { degraded: ['control-as-reference'] }])
})

test('who takes no avatar is passed over for one that does', () => {
  expect(idsOf([wavespeed, klein], { hasReference: true })).toEqual(['workers-ai'])
})

test('where nobody takes an avatar the picture is made without, and says so', () => {
  expect(choices([wavespeed], { ...needs, hasReference: true })).toMatchObject([{ degraded: ['no-reference'] }])
})

test('a drawing never stands in for a model, nor a model for a drawing', () => {
  expect(idsOf([fal, drawing])).toEqual(['fal'])
  expect(idsOf([drawing, fal])).toEqual(['embedded'])
})

test('a size that a provider cannot make goes to another', () => {
  const small = provider('small', { maxSidePx: 512 })
  expect(idsOf([small, fal], { widthPx: 768 })).toEqual(['fal'])
  expect(idsOf([provider('large', { minSidePx: 512 }), fal], { heightPx: 256 })).toEqual(['fal'])
})
