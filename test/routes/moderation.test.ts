import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import listed from '../../data/moderation/terms.json'
import { moderationViolations } from '../../src/db/tables/operations'
import { newId } from '../../src/kernel/ids'
import { MAX_RECORDED_PER_HOUR } from '../../src/moderation/refuse-unsafe'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, makeAdmin, stateOf } from '../support/rows'
import {
  creditsOf,
  GENERATOR,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  requestIn,
} from '../support/shoots'
import { errorOf } from '../support/walk'

const BAD = 'wanita t3l4nj4ng di pantai'
const OTHER_BAD = 'mickey mouse memegang kotak'

async function seller() {
  const person = await signUp()
  await holdQueue(person)
  const { id: projectId } = await newProject(person)
  const gallery = (fields: object = {}) => oneSmallPicture(projectId, fields)
  const text = (textPrompt: string) => ({
    projectId,
    generationType: 'TEXT_DESCRIPTION',
    textPrompt,
    variationCount: 1,
  })
  return { person, projectId, gallery, text }
}

const background = (backgroundPrompt: string) => ({
  ...{ useBackgroundChanger: true, backgroundMode: 'ai_generate', backgroundPrompt },
})
const quote = (person: Person, params: object) =>
  requestAs(person, '/quotes', { json: { app: 'pose-generator', params } })
const recorded = (person: Person) =>
  db.select().from(moderationViolations).where(eq(moderationViolations.userId, person.user.id))

/** The state without what a refusal may write: its one record. */
async function stateWithoutRecords(person: Person) {
  const { database, objects } = await stateOf(person.user.id)
  const { moderation_violations: _records, ...others } = database
  return { others, objects }
}

describe('words that no picture may show', () => {
  test('in any field are refused before anything is held, stored or asked (H1)', async () => {
    const { person, gallery, text } = await seller()
    const before = await stateWithoutRecords(person)
    for (const [field, body] of [
      ['textPrompt', text(BAD)],
      ['prompt', gallery({ prompt: BAD })],
      ['backgroundPrompt', gallery(background(BAD))],
    ] as const)
      expect(await errorOf(await generate(person, body))).toMatchObject({
        ...{ statusCode: 422, code: 'PROMPT_REJECTED', details: { field } },
      })
    expect(await stateWithoutRecords(person)).toEqual(before)
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('get no price either, and the field is named where it stands in the quote (H1)', async () => {
    const { person, text, gallery } = await seller()
    for (const [field, params] of [
      ['params.textPrompt', text(BAD)],
      ['params.backgroundPrompt', gallery(background(BAD))],
    ] as const)
      expect(await errorOf(await quote(person, params))).toMatchObject({ code: 'PROMPT_REJECTED', details: { field } })
  })

  test('are refused when two fields say them together, as the model reads them', async () => {
    const { person, gallery, text } = await seller()
    const [child, clothes] = ['foto anak kecil', 'sexy bikini di pantai']
    await expectJson(quote(person, gallery({ prompt: child, ...background('pantai') })), 201)
    await expectJson(quote(person, gallery({ prompt: 'foto wanita', ...background(clothes) })), 201)
    for (const body of [gallery({ prompt: child, ...background(clothes) }), { ...text(child), ...background(clothes) }])
      expect(await errorOf(await generate(person, body))).toMatchObject({
        ...{ code: 'PROMPT_REJECTED', details: { field: 'backgroundPrompt' } },
      })
    expect(await recorded(person)).toHaveLength(2)
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('are refused before the project is looked for', async () => {
    const { person, text } = await seller()
    const body = { ...text(BAD), projectId: 'prj_01JD0000000000000000000000' }
    expect(await errorOf(await generate(person, body))).toMatchObject({ code: 'PROMPT_REJECTED' })
  })

  test('are answered alike, whichever they are, and never repeated (H3)', async () => {
    const { person, text } = await seller()
    const answers: object[] = []
    for (const words of [BAD, OTHER_BAD, 'pesta sabu', 'sexy schoolgirl', 'bunuh diri']) {
      const { requestId: _id, timestamp: _at, ...error } = await errorOf(await generate(person, text(words)))
      answers.push(error)
    }
    expect(answers).toEqual(answers.map(() => answers[0]))
    for (const { term } of listed.terms) expect(JSON.stringify(answers).split(/\W+/)).not.toContain(term)
  })

  test('are refused in the language of the reader', async () => {
    const { person, text } = await seller()
    const refused = async (language: string) => {
      const headers = { 'accept-language': language, 'idempotency-key': newKey() }
      return (await errorOf(await requestAs(person, `${GENERATOR}/generate`, { json: text(BAD), headers }))).message
    }
    expect(await refused('en')).toMatch(/cannot be used for a picture/)
    expect(await refused('id')).toMatch(/tidak dapat dipakai untuk gambar/)
  })

  test('leave harmless prompts alone, those that sound alike too (H2)', async () => {
    const { person, gallery } = await seller()
    const body = gallery({ prompt: 'bertelanjang kaki, sabuk kulit, lipstik nude', ...background('Essex, pantai') })
    await expectJson(quote(person, body), 201)
    await expectJson(generate(person, body), 202)
    expect(await recorded(person)).toEqual([])
  })
})

describe('the record of a refusal', () => {
  test('holds the term’s id, the list and a keyed hash, and not one of the words', async () => {
    const { person, text } = await seller()
    const { requestId } = await errorOf(await generate(person, text(BAD)))
    const rows = await recorded(person)
    expect(rows).toEqual([
      {
        ...{ id: expect.stringMatching(/^vio_/), userId: person.user.id, field: 'textPrompt', requestId },
        ...{ termId: 'sex-001', category: 'sexual', listVersion: listed.version },
        ...{ textHash: expect.stringMatching(/^[0-9a-f]{64}$/), createdAt: expect.any(Number) },
      },
    ])
    expect(JSON.stringify(rows)).not.toMatch(/wanita|t3l4nj4ng|pantai/)
  })

  test('knows the same text again, and a text does not tell its hash to who has no secret', async () => {
    const { person, text } = await seller()
    for (const words of [BAD, BAD, OTHER_BAD]) await generate(person, text(words))
    const [first, second, third] = (await recorded(person)).map(({ textHash }) => textHash)
    expect(second).toBe(first)
    expect(third).not.toBe(first)
    const plain = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(BAD)))
    expect(first).not.toBe(Array.from(plain, (byte) => byte.toString(16).padStart(2, '0')).join(''))
  })

  test('is one line of the log as well, without the words', async () => {
    const { person, text } = await seller()
    const warned = vi.spyOn(console, 'warn')
    await generate(person, text(BAD))
    const lines = warned.mock.calls.map(String).filter((line) => line.includes('prompt_rejected'))
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0]!)).toMatchObject({ userId: person.user.id, field: 'textPrompt', termId: 'sex-001' })
    expect(lines[0]).not.toMatch(/wanita|t3l4nj4ng|pantai/)
  })

  test('that cannot be written neither lets the words pass nor makes an error of them', async () => {
    const { person, text } = await seller()
    const broken = {
      prepare: (statement: string) => {
        if (statement.includes('moderation_violations')) throw new Error('D1 is away')
        return env.DB.prepare(statement)
      },
      batch: env.DB.batch.bind(env.DB),
    }
    const answer = await requestIn({ DB: broken }, `${GENERATOR}/generate`, {
      json: text(BAD),
      headers: { authorization: `Bearer ${person.accessToken}`, 'idempotency-key': newKey() },
    })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 422, code: 'PROMPT_REJECTED' })
    expect(await recorded(person)).toEqual([])
    expect(JSON.stringify(expectErrors())).toContain('violation_not_recorded')
  })

  test('is kept a hundred times an hour and user: more refusals are answered, and fill no table', async () => {
    const { person, text } = await seller()
    const row = { userId: person.user.id, field: 'prompt', termId: 'sex-001', category: 'sexual', listVersion: 'row' }
    const filler = (createdAt: number) => ({
      ...row,
      id: newId('violation'),
      textHash: 'row',
      requestId: 'row',
      createdAt,
    })
    for (let n = 0; n < MAX_RECORDED_PER_HOUR; n++) await db.insert(moderationViolations).values(filler(Date.now()))
    expect(await errorOf(await generate(person, text(BAD)))).toMatchObject({ code: 'PROMPT_REJECTED' })
    expect(await recorded(person)).toHaveLength(MAX_RECORDED_PER_HOUR)
    await db.update(moderationViolations).set({ createdAt: 1 }).where(eq(moderationViolations.userId, person.user.id))
    await generate(person, text(BAD))
    expect(await recorded(person)).toHaveLength(MAX_RECORDED_PER_HOUR + 1)
  })
})

describe('GET /admin/moderation-violations (listModerationViolations)', () => {
  test('newest first, by pages; of one user only theirs; never the words', async () => {
    const admin = await makeAdmin(await signUp())
    const [sari, budi] = [await seller(), await seller()]
    for (const { person, text } of [sari, budi, sari, sari]) await generate(person, text(BAD))
    type Listed = { items: { id: string; userId: string; createdAt: string }[]; page: { nextCursor: string | null } }
    const list = (query: string) => expectJson<Listed>(requestAs(admin, `/admin/moderation-violations${query}`), 200)
    const all = (await recorded(sari.person))
      .map(({ id }) => id)
      .sort()
      .reverse()
    const first = await list(`?userId=${sari.person.user.id}&limit=2`)
    expect(first.items.map(({ id }) => id)).toEqual(all.slice(0, 2))
    expect(first.items[0]).toMatchObject({
      field: 'textPrompt',
      termId: 'sex-001',
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(JSON.stringify(first)).not.toMatch(/wanita|t3l4nj4ng|pantai/)
    const second = await list(`?userId=${sari.person.user.id}&limit=2&cursor=${first.page.nextCursor}`)
    expect(second).toMatchObject({ items: [{ id: all[2] }], page: { nextCursor: null } })
    expect((await list('?limit=4')).items.map(({ userId }) => userId)).toContain(budi.person.user.id)
  })
})
