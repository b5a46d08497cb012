import { describe, expect, test } from 'vitest'
import { MAX_DRAFTS } from '../../src/poses/draft/draft-poses'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import { creditsOf, GENERATOR, POSES } from '../support/shoots'
import { kernel } from '../support/uploads'
import { errorOf } from '../support/walk'

type Draft = {
  name: string
  source: 'grammar' | 'model' | 'library'
  understood: string[]
  startPoseId: string | null
  people: { keypoints2d: number[]; handLeft2d: number[] | null; handRight2d: number[] | null }[]
  previewUrl: string
}
type Drafts = { seed: number; drafts: Draft[] }

const PATH = `${GENERATOR}/poses/draft`
const ask = (person: Person, json: object, headers = {}) => requestAs(person, PATH, { json, headers })
const draftsFor = (person: Person, json: object, headers = {}): Promise<Drafts> =>
  expectJson<Drafts>(ask(person, json, headers), 200)

const fromBase64 = (text: string) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
const pixelsOf = ({ previewUrl }: Draft) => kernel.decodePng(fromBase64(previewUrl.split('base64,')[1]!))

/** A joint of the drafted person in the square picture, COCO-18. */
const joint = ({ people }: Draft, i: number) => ({
  x: people[0]!.keypoints2d[i * 3]!,
  y: people[0]!.keypoints2d[i * 3 + 1]!,
})
const [RIGHT_WRIST, LEFT_SHOULDER, LEFT_WRIST, LEFT_HIP, LEFT_ELBOW] = [4, 5, 7, 11, 6]

describe('200', () => {
  test('words become poses with previews, free and without a trace', async () => {
    const sari = await signUp()
    const before = await stateOf(sari.user.id)
    const { seed, drafts } = await draftsFor(sari, { text: 'berdiri, tangan kiri di pinggang, tangan kanan melambai' })
    expect(drafts).toHaveLength(MAX_DRAFTS)
    expect(Number.isInteger(seed)).toBe(true)
    for (const draft of drafts) {
      expect(draft).toMatchObject({ source: 'grammar', people: [{ keypoints2d: expect.any(Array) }] })
      expect(draft.people[0]!.keypoints2d).toHaveLength(54)
      expect(draft.understood.join(' ')).toMatch(/pinggang/)
      // The subject's left hand is at the left hip, the elbow further out; the right hand is above the left one.
      expect(Math.abs(joint(draft, LEFT_WRIST).y - joint(draft, LEFT_HIP).y)).toBeLessThan(0.08)
      expect(joint(draft, LEFT_ELBOW).x).toBeGreaterThan(joint(draft, LEFT_WRIST).x)
      expect(joint(draft, RIGHT_WRIST).y).toBeLessThan(joint(draft, LEFT_SHOULDER).y + 0.1)
    }
    expect(new Set(drafts.map(({ people }) => JSON.stringify(people))).size).toBe(MAX_DRAFTS)
    expect(await stateOf(sari.user.id)).toEqual(before)
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })

  test('a preview shows the person where the keypoints say', async () => {
    const sari = await signUp()
    const { drafts } = await draftsFor(sari, { text: 'duduk di kursi, kedua tangan di lutut', count: 1, seed: 3 })
    const { rgba, width, height } = pixelsOf(drafts[0]!)
    expect([width, height]).toEqual([384, 384])
    const at = (x: number, y: number) => [
      ...rgba.subarray((Math.floor(y * height) * width + Math.floor(x * width)) * 4).subarray(0, 3),
    ]
    const corner = at(0.02, 0.3)
    const { keypoints2d } = drafts[0]!.people[0]!
    const onFigure = Array.from({ length: 18 }, (_, i) => i).filter((i) => {
      const { x, y } = joint(drafts[0]!, i)
      const unlike = at(x, y).reduce((sum, value, channel) => sum + Math.abs(value - corner[channel]!), 0)
      return keypoints2d[i * 3 + 2] !== 0 && unlike > 40
    })
    expect(onFigure.length).toBeGreaterThanOrEqual(14)
  })

  test('the same text and seed give the same drafts, fewer of them the first ones, another seed others', async () => {
    const sari = await signUp()
    const text = 'standing with one hand on the hip'
    const first = await draftsFor(sari, { text, seed: 7 })
    expect(await draftsFor(sari, { text, seed: 7 })).toEqual(first)
    expect((await draftsFor(sari, { text, seed: 7, count: 2 })).drafts).toEqual(first.drafts.slice(0, 2))
    const other = await draftsFor(sari, { text, seed: 8 })
    expect(other.drafts[0]!.people).toEqual(first.drafts[0]!.people)
    expect(other.drafts).not.toEqual(first.drafts)
  })

  test('names are in the caller’s language', async () => {
    const sari = await signUp()
    const named = async (language: string) =>
      (await draftsFor(sari, { text: 'tangan kiri di pinggang', count: 1 }, { 'accept-language': language })).drafts[0]!
    expect((await named('id')).name).toMatch(/tangan kiri/i)
    expect((await named('en')).name).toMatch(/left hand/i)
  })

  test('words without a body get poses of the library that fit them, as they are', async () => {
    const sari = await signUp()
    const { drafts } = await draftsFor(sari, { text: 'kurir paket' })
    expect(drafts.length).toBeGreaterThan(0)
    for (const { source, startPoseId, understood } of drafts) {
      expect({ source, understood }).toEqual({ source: 'library', understood: [] })
      expect((await requestAs(sari, `${GENERATOR}/library/${startPoseId}`)).status).toBe(200)
    }
  })

  test('a draft that is near a pose of the library names it', async () => {
    const sari = await signUp()
    const { drafts } = await draftsFor(sari, { text: 'standing, holding a box with both hands', count: 1 })
    expect(drafts[0]).toMatchObject({ source: 'grammar', startPoseId: expect.stringMatching(/box/) })
    expect(POSES).toContain('carry-box-chest')
  })

  test('words that nobody knows give no drafts', async () => {
    const sari = await signUp()
    expect((await draftsFor(sari, { text: 'xyzzy qwrtp zzkkvv' })).drafts).toEqual([])
  })
})

describe('422', () => {
  test.each([
    ['two characters', { text: 'ab' }, 'text'],
    ['501 characters', { text: 'a'.repeat(501) }, 'text'],
    ['101 words, of which no shoot could be made', { text: 'a '.repeat(101) }, 'text'],
    ['markup', { text: '<b>berdiri</b>' }, 'text'],
    ['no draft', { text: 'berdiri', count: 0 }, 'count'],
    ['five drafts', { text: 'berdiri', count: 5 }, 'count'],
    ['a seed beyond 32 bits', { text: 'berdiri', seed: 2 ** 32 }, 'seed'],
  ])('%s', async (_, json, field) => {
    const { code, issues } = await errorOf(await ask(await signUp(), json))
    expect(code).toBe('VALIDATION_FAILED')
    expect(issues.map((issue) => issue.field)).toContain(field)
  })

  test('words that no picture may show are refused here too', async () => {
    const error = await errorOf(await ask(await signUp(), { text: 'berdiri telanjang' }))
    expect(error).toMatchObject({ statusCode: 422, code: 'PROMPT_REJECTED', details: { field: 'text' } })
  })
})

test('429 after twenty in a minute, for this user alone, with when to come back', async () => {
  const [sari, budi] = [await signUp(), await signUp()]
  const json = { text: 'xyzzy qwrtp' }
  for (let n = 0; n < 20; n++) await draftsFor(sari, json)
  const answer = await ask(sari, json)
  expect(await errorOf(answer)).toMatchObject({ statusCode: 429, code: 'RATE_LIMITED' })
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60)
  await draftsFor(budi, json)
})

test('401 for a stranger', async () => {
  expect((await request(PATH, { json: { text: 'berdiri' } })).status).toBe(401)
})
