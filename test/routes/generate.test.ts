import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { JobParams } from '../../src/generations/types'
import { userObject } from '../../src/objects'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { pixelsAt } from '../support/backgrounds'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import {
  creditsOf,
  deliver,
  ended,
  GENERATOR,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  type Picture,
  POSES,
  REFUSING,
  requestIn,
  resultsOf,
  type Started,
  showGeneration,
} from '../support/shoots'
import { upload } from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
let projectId: string
beforeAll(async () => {
  sari = await signUp()
  projectId = (await newProject(sari)).id
})

const body = (fields: object = {}) => oneSmallPicture(projectId, fields)
/** Everything that a job was started with, as its object keeps it. */
const paramsOf = (person: Person, id: string): Promise<JobParams> =>
  runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) =>
    JSON.parse(String(sql.exec('SELECT params FROM job WHERE id = ?', id).one().params)),
  )

const taskDraftsOf = (person: Person, id: string) =>
  runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) =>
    sql.exec('SELECT draft, name FROM task WHERE job_id = ? ORDER BY position', id).toArray(),
  )

const poseSelectionsOf = async (id: string) =>
  (await env.DB.prepare('SELECT COUNT(*) AS count FROM pose_selections WHERE generation_id = ?').bind(id).first())!
    .count

/** A shoot by words of somebody new, to its end. */
async function shootWords(fields: object) {
  const person = await signUp()
  const project = await newProject(person)
  const started = await expectJson<Started>(generate(person, words({ projectId: project.id, ...fields })), 202)
  await ended(person, started.generation.id)
  return { person, started, items: (await resultsOf(person, started.generation.id)).items }
}

const words = (fields: object = {}) => {
  const { selectedPoseIds: _poses, batchSize: _size, ...rest } = body()
  return { ...rest, generationType: 'TEXT_DESCRIPTION', textPrompt: 'holding a box', variationCount: 2, ...fields }
}

describe('202', () => {
  test('says what was started, what it holds and where to look', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const asked = oneSmallPicture(project.id, { selectedPoseIds: POSES.slice(0, 2), batchSize: 2, seed: 7 })
    const answer = await generate(person, asked)
    const started = await expectJson<Started>(answer, 202)
    const self = `/api/v1${GENERATOR}/generations/${started.generation.id}`
    expect(started).toMatchObject({
      generation: { status: 'pending', generationType: 'GALLERY_REFERENCE', totalExpectedPoses: 4, creditRefunded: 0 },
      totalPosesExpected: 4,
      creditCharged: 120,
      links: { self, results: `${self}/results`, cancel: `${self}/cancellation`, events: '/api/v1/events' },
    })
    expect(started.generation.id).toMatch(/^gen_[0-9A-Z]{26}$/)
    expect(Date.parse(started.estimatedCompletionTime)).toBeGreaterThan(Date.now() - 60_000)
    expect(answer.headers.get('location')).toBe(self)
    expect(await ended(person, started.generation.id)).toMatchObject({ creditCharged: 120, creditHeld: 0 })

    const { items } = await resultsOf(person, started.generation.id)
    expect(items.map((picture) => picture.variationKey)).toEqual([
      `${POSES[0]}-v0`,
      `${POSES[1]}-v0`,
      `${POSES[0]}-v1`,
      `${POSES[1]}-v1`,
    ])
    expect(items.map((picture) => picture.seedUsed)).toEqual([7, 8, 9, 10])
    expect(items.every((picture) => picture.simulated && picture.width === 256)).toBe(true)
  })

  test('text mode makes the poses that the words describe, which are in no library', async () => {
    const { started, items } = await shootWords({ textPrompt: 'berdiri, tangan kiri di pinggang', variationCount: 2 })
    expect(started.creditCharged).toBe(60)
    expect(items.map((picture) => picture.variationKey)).toEqual(['text-v0', 'text-v1'])
    for (const { poseId, promptUsed, status } of items) {
      expect({ poseId, status }).toEqual({ poseId: null, status: 'completed' })
      expect(promptUsed).toContain('left hand on')
      expect(promptUsed).toContain('tangan kiri di pinggang')
    }
    expect(await poseSelectionsOf(started.generation.id)).toBe(0)
  })

  test('words without a body borrow poses of the library, and the pictures are drawn all the same', async () => {
    const { items } = await shootWords({ textPrompt: 'kurir paket', variationCount: 2 })
    expect(items.map(({ poseId, status }) => [poseId, status])).toEqual([
      [null, 'completed'],
      [null, 'completed'],
    ])
  })

  test('what was drafted with a seed is what is made with it: the same joints, in the same order, four and one again', async () => {
    const textPrompt = 'berjalan, tangan kanan melambai'
    const { person, started, items } = await shootWords({ textPrompt, variationCount: 5, seed: 42 })
    const { drafts } = await expectJson<{ drafts: { name: string; people: { keypoints2d: number[] }[] }[] }>(
      requestAs(person, `${GENERATOR}/poses/draft`, { json: { text: textPrompt, seed: 42 } }),
      200,
    )
    expect(drafts).toHaveLength(4)
    const params = await paramsOf(person, started.generation.id)
    expect(params.drafts!.map(({ geometry }) => geometry.people[0]!.keypoints2d)).toEqual(
      drafts.map(({ people }) => people[0]!.keypoints2d),
    )
    expect(await taskDraftsOf(person, started.generation.id)).toEqual(
      [0, 1, 2, 3, 0].map((draft) => ({ draft, name: drafts[draft]!.name })),
    )
    expect(items.map(({ seedUsed }) => seedUsed)).toEqual([42, 43, 44, 45, 46])
  })

  test('a shoot by words is answered again under its key, and its failed pictures are retried in their poses', async () => {
    const person = await signUp()
    const project = await newProject(person)
    await holdQueue(person)
    const key = newKey()
    const asked = words({ projectId: project.id, textPrompt: 'melompat, kedua tangan ke atas', variationCount: 2 })
    const started = await expectJson<Started>(generate(person, asked, key), 202)
    expect(await expectJson<Started>(generate(person, asked, key), 202)).toEqual(started)
    await deliver(person, started.generation.id, [0, 1], REFUSING)
    expect(await showGeneration(person, started.generation.id)).toMatchObject({ status: 'failed', posesFailed: 2 })
    const path = `${GENERATOR}/generations/${started.generation.id}/retry`
    const again = await expectJson<Started>(
      requestAs(person, path, { method: 'POST', headers: { 'idempotency-key': newKey() } }),
      202,
    )
    await deliver(person, again.generation.id, [0, 1])
    const { items } = await resultsOf(person, again.generation.id)
    expect(items.map(({ status, poseId }) => [status, poseId])).toEqual([
      ['completed', null],
      ['completed', null],
    ])
    const drafts = async (id: string) => (await paramsOf(person, id)).drafts
    expect(await drafts(again.generation.id)).toEqual(await drafts(started.generation.id))
    expect(await taskDraftsOf(person, again.generation.id)).toEqual(await taskDraftsOf(person, started.generation.id))
  })

  test('a pose that may be told in words alone is asked for so, and never by itself', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const looseOf = async (fields: object) => {
      const started = await expectJson<Started>(generate(person, oneSmallPicture(project.id, fields)), 202)
      await ended(person, started.generation.id)
      return (await paramsOf(person, started.generation.id)).looseControl
    }
    expect(await looseOf({ poseControl: 'preferred' })).toBe(true)
    expect(await looseOf({ poseControl: 'required' })).toBeUndefined()
    expect(await looseOf({})).toBeUndefined()
  })

  test.each([
    ['solid_color', { backgroundColor: '#FF8800' }, 'plain orange background (#FF8800)'],
    ['ai_generate', { backgroundPrompt: 'sawah di pagi hari' }, 'background: sawah di pagi hari'],
    ['upload', {}, 'studio background'],
  ])('a %s background costs 10 more and is charged when it is there', async (backgroundMode, fields, prompt) => {
    const person = await signUp()
    const project = await newProject(person)
    const uploaded = backgroundMode === 'upload' ? { backgroundImageId: (await upload(person)).id } : {}
    const asked = oneSmallPicture(project.id, { useBackgroundChanger: true, backgroundMode, ...fields, ...uploaded })
    const started = await expectJson<Started>(generate(person, asked), 202)
    expect(started.creditCharged).toBe(40)
    const generation = await ended(person, started.generation.id)
    expect(generation.creditCharged + generation.creditRefunded).toBe(40)
    const [picture] = (await resultsOf(person, started.generation.id)).items
    expect(picture?.promptUsed).toContain(prompt)
    expect(picture?.backgroundChanged).toBe(generation.creditCharged === 40)
  })

  test('fields of another background mode count for nothing', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const background = {
      useBackgroundChanger: true,
      backgroundMode: 'solid_color',
      backgroundColor: '#00FF00',
      seed: 1,
    }
    const shoot = async (fields: object) => {
      const started = await expectJson<Started>(generate(person, oneSmallPicture(project.id, fields)), 202)
      await ended(person, started.generation.id)
      const [picture] = (await resultsOf(person, started.generation.id)).items
      // The files differ: each names its picture.
      return (await pixelsAt(picture!.outputImageUrl)).rgba
    }
    const { id: backgroundImageId } = await upload(person)
    const plain = await shoot(background)
    const cluttered = await shoot({ ...background, backgroundImageId, backgroundPrompt: 'a beach' })
    expect(cluttered).toEqual(plain)
  })

  test('the same key and body get the first answer again, once and for all (A3)', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const key = newKey()
    const first = await generate(person, oneSmallPicture(project.id), key)
    const started = await expectJson<Started>(first, 202)
    await ended(person, started.generation.id)
    const before = await stateOf(person.user.id)
    const reordered = Object.fromEntries(Object.entries(oneSmallPicture(project.id)).reverse())
    for (const again of [oneSmallPicture(project.id), reordered]) {
      const replay = await generate(person, again, key)
      expect(replay.headers.get('idempotent-replayed')).toBe('true')
      expect(await expectJson<Started>(replay, 202)).toEqual(started)
    }
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    expect(await stateOf(person.user.id)).toEqual(before)
    expect(await creditsOf(person)).toEqual({ available: 270, held: 0 })
  })

  test('two people may use one key: it is theirs alone (A6)', async () => {
    const budi = await signUp()
    const theirs = await newProject(budi)
    const key = newKey()
    const [a, b] = await Promise.all([
      expectJson<Started>(generate(sari, body(), key), 202),
      expectJson<Started>(generate(budi, oneSmallPicture(theirs.id), key), 202),
    ])
    expect(a.generation.id).not.toBe(b.generation.id)
    await Promise.all([ended(sari, a.generation.id), ended(budi, b.generation.id)])
  })
})

/** Expects a refusal that changed nothing, neither in D1 nor in the ledger; answers its error. */
async function refused(asked: object, status: number, key: string = newKey(), person = sari) {
  const before = await stateOf(person.user.id)
  const answer = await generate(person, asked, key)
  expect([answer.status, await answer.clone().text()]).toEqual([status, expect.any(String)])
  expect(await stateOf(person.user.id)).toEqual(before)
  return errorOf(answer)
}

describe('402', () => {
  test('one credit short: says what is needed and what is there, and writes nothing (A24)', async () => {
    const person = await poor(29)
    const project = await newProject(person)
    const error = await refused(oneSmallPicture(project.id), 402, newKey(), person)
    expect(error).toMatchObject({ code: 'INSUFFICIENT_CREDITS', details: { required: 30, available: 29 } })
    const background = { useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#123456' }
    const dearer = await refused(oneSmallPicture(project.id, background), 402, newKey(), person)
    expect(dearer.details).toEqual({ required: 40, available: 29 })
  })

  test('a refused request leaves its key free', async () => {
    const person = await poor(0)
    const project = await newProject(person)
    const key = newKey()
    await refused(oneSmallPicture(project.id), 402, key, person)
    const error = await refused(oneSmallPicture(project.id, { batchSize: 2 }), 402, key, person)
    expect(error.details).toEqual({ required: 60, available: 0 })
  })
})

/** An account that was welcomed with this many credits. */
async function poor(credits: number): Promise<Person> {
  const email = `poor-${crypto.randomUUID()}@example.test`
  const password = 'correct horse battery'
  const vars = { WELCOME_CREDITS: String(credits) }
  const answer = await requestIn(vars, '/auth/register', { json: { email, password, name: 'Budi' } })
  return { ...(await expectJson<Person>(answer, 201)), email, password }
}

describe('404', () => {
  test("somebody else's project, upload, and what never was, look the same", async () => {
    const budi = await signUp()
    const theirs = await newProject(budi)
    const picture = await upload(budi)
    const background = { useBackgroundChanger: true, backgroundMode: 'upload' }
    for (const [fields, field] of [
      [{ projectId: theirs.id }, 'projectId'],
      [{ projectId: 'prj_01J00000000000000000000000' }, 'projectId'],
      [{ ...background, backgroundImageId: picture.id }, 'backgroundImageId'],
      [{ ...background, backgroundImageId: 'upl_01J00000000000000000000000' }, 'backgroundImageId'],
    ] as const) {
      const { code, details } = await refused(body(fields), 404)
      expect([code, details]).toEqual(['NOT_FOUND', { field }])
    }
  })
})

describe('400', () => {
  test('without an Idempotency-Key, or with one that is none (A5)', async () => {
    for (const headers of [
      {},
      { 'idempotency-key': '' },
      { 'idempotency-key': 'two words' },
      { 'idempotency-key': 'x'.repeat(256) },
    ]) {
      const before = await stateOf(sari.user.id)
      const error = await errorOf(await requestAs(sari, `${GENERATOR}/generate`, { json: body(), headers }))
      expect(error).toMatchObject({ statusCode: 400, code: 'INVALID_HEADER', issues: [{ field: 'idempotency-key' }] })
      expect(await stateOf(sari.user.id)).toEqual(before)
    }
  })

  test('the longest key that is one is taken', async () => {
    const answer = await generate(sari, body({ batchSize: 11 }), '~'.repeat(255))
    expect((await errorOf(answer)).issues).toMatchObject([{ field: 'batchSize' }])
  })
})

describe('422', () => {
  test('the same key with another body (A4)', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const key = newKey()
    const { generation } = await expectJson<Started>(generate(person, oneSmallPicture(project.id), key), 202)
    await ended(person, generation.id)
    for (const change of [
      { batchSize: 2 },
      { seed: 1 },
      { prompt: 'x' },
      { width: 272 },
      { selectedPoseIds: [POSES[1]] },
    ])
      expect(await refused(oneSmallPicture(project.id, change), 422, key, person)).toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      })
  })

  const REFUSALS: [string, object, string][] = [
    ...['cost', 'price', 'credits', 'creditCharged', 'poseCredits', 'userId', 'status', 'fund', 'role', 'id'].map(
      (field): [string, object, string] => [`the client's own ${field} (A10)`, { [field]: 1 }, field],
    ),
    ['no pose', { selectedPoseIds: [] }, 'selectedPoseIds'],
    ['a pose twice', { selectedPoseIds: [POSES[0], POSES[0]] }, 'selectedPoseIds'],
    ['201 poses', { selectedPoseIds: Array.from({ length: 201 }, (_, i) => `pose-${i}`) }, 'selectedPoseIds'],
    ['a pose that is not there', { selectedPoseIds: ['no-such-pose'] }, 'selectedPoseIds'],
    ['a pose id that is none', { selectedPoseIds: ["x' or 1=1"] }, 'selectedPoseIds.0'],
    [
      'more than 500 pictures',
      { selectedPoseIds: Array.from({ length: 51 }, (_, i) => `pose-${i}`), batchSize: 10 },
      'batchSize',
    ],
    ['a side that is no multiple of 16', { width: 257 }, 'width'],
    ['a side above 1536', { height: 1552 }, 'height'],
    ['a seed beyond 32 bits', { seed: 2 ** 32 }, 'seed'],
    ['101 words', { prompt: Array.from({ length: 101 }, () => 'a').join(' ') }, 'prompt'],
    ['501 characters', { prompt: `${'ab '.repeat(167)}x` }, 'prompt'],
    ['one character over and over', { prompt: 'waaaaaaaaaaaaah' }, 'prompt'],
    ['markup', { prompt: '<script>alert(1)</script>' }, 'prompt'],
    ['a format that is not offered', { outputFormats: ['instagram_reel'] }, 'outputFormats.0'],
    ['eleven formats', { outputFormats: Array.from({ length: 11 }, () => 'original') }, 'outputFormats'],
    ['a background without a mode', { useBackgroundChanger: true }, 'backgroundMode'],
    [
      'a colour mode without a colour',
      { useBackgroundChanger: true, backgroundMode: 'solid_color' },
      'backgroundColor',
    ],
    ['an upload mode without an upload', { useBackgroundChanger: true, backgroundMode: 'upload' }, 'backgroundImageId'],
    ['an AI mode without words', { useBackgroundChanger: true, backgroundMode: 'ai_generate' }, 'backgroundPrompt'],
    ['a colour by name', { backgroundColor: 'red' }, 'backgroundColor'],
    ['a control of poses that there is not', { poseControl: 'none' }, 'poseControl'],
    ['text with poses', { generationType: 'TEXT_DESCRIPTION', textPrompt: 'holding a box' }, 'selectedPoseIds'],
    ['a third type', { generationType: 'MAGIC' }, 'generationType'],
  ]
  test.each(REFUSALS)('%s', async (_, fields, field) => {
    const { code, issues } = await refused(body(fields), 422)
    expect(code).toBe('VALIDATION_FAILED')
    expect(issues.map((issue) => issue.field)).toContain(field)
  })

  test.each([
    ['words that no pose fits', { textPrompt: 'xyzzy qwrtp zzkkvv' }],
    ['two characters', { textPrompt: 'ab' }],
    ['nothing but blanks', { textPrompt: '      ' }],
  ])('text: %s', async (_, fields) => {
    const { issues } = await refused(words(fields), 422)
    expect(issues.map((issue) => issue.field)).toContain('textPrompt')
  })

  const COUNTS = [0, -1, -0.5, 1.5, 1e9, 2 ** 53, -(2 ** 53), 1e308, '4', '', 'NaN', null, true, [4], { n: 4 }]
  test.each(COUNTS)('%j is no number of pictures (A11)', async (count) => {
    const gallery = await refused(body({ batchSize: count }), 422)
    expect(gallery.issues.map((issue) => issue.field)).toContain('batchSize')
    const text = await refused(words({ variationCount: count }), 422)
    expect(text.issues.map((issue) => issue.field)).toContain('variationCount')
  })
})

describe('429', () => {
  const within = (person: Person, limits: Record<string, string>, json: object) =>
    requestIn(limits, `${GENERATOR}/generate`, {
      json,
      headers: { authorization: `Bearer ${person.accessToken}`, 'idempotency-key': newKey() },
    })

  test('one shoot too many in a minute: says when to come back, and writes nothing', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const limits = { LIMIT_GENERATES_PER_MINUTE: '1' }
    const { generation } = await expectJson<Started>(within(person, limits, oneSmallPicture(project.id)), 202)
    await ended(person, generation.id)
    const before = await stateOf(person.user.id)
    const answer = await within(person, limits, oneSmallPicture(project.id))
    expect(await errorOf(answer)).toMatchObject({
      statusCode: 429,
      code: 'RATE_LIMITED',
      details: { limit: 'generatesPerMinute', max: 1, remaining: 0 },
    })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60)
    expect(await stateOf(person.user.id)).toEqual(before)
  })

  test('more pictures than the hour has left; the headers have said how many that are', async () => {
    const person = await signUp()
    const project = await newProject(person)
    const limits = { LIMIT_POSES_PER_HOUR: '3' }
    const first = await within(person, limits, oneSmallPicture(project.id, { batchSize: 2 }))
    const { generation } = await expectJson<Started>(first, 202)
    expect(['limit', 'remaining'].map((name) => first.headers.get(`ratelimit-${name}`))).toEqual(['3', '1'])
    expect(Number(first.headers.get('ratelimit-reset'))).toBeGreaterThan(3_500)
    await ended(person, generation.id)
    const answer = await within(person, limits, oneSmallPicture(project.id, { batchSize: 2 }))
    expect((await errorOf(answer)).details).toEqual({ limit: 'posesPerHour', max: 3, remaining: 1 })
    const last = await expectJson<Started>(within(person, limits, oneSmallPicture(project.id)), 202)
    await ended(person, last.generation.id)
  })
})

test('whatever the body says, it is a refusal that changes nothing or one shoot at its price', async () => {
  const person = await poor(0)
  const project = await newProject(person)
  const known = oneSmallPicture(project.id)
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '',
      'NaN',
      '4',
      -1,
      2 ** 53,
      1e9,
      '\u202E',
      '\u0000',
      "'; drop table users;--",
      '{{7*7}}',
      '%00',
      '\uD800',
    ),
  )
  const fields = [
    ...Object.keys(known),
    'prompt',
    'seed',
    'textPrompt',
    'variationCount',
    'outputFormats',
    'backgroundMode',
  ]
  const changes = fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string(), fc.constant('__proto__')), odd, {
    maxKeys: 4,
  })
  const before = await stateOf(person.user.id)
  await fc.assert(
    fc.asyncProperty(changes, fc.boolean(), async (change, merged) => {
      const answer = await generate(person, merged ? { ...known, ...change } : change)
      // Without a credit even a valid request ends in a refusal, so nothing at all may change.
      expect([402, 404, 422]).toContain(answer.status)
      if (answer.status === 422) expect((await errorOf(answer)).issues.length).toBeGreaterThan(0)
    }),
    { numRuns: 300, seed: 20261121 },
  )
  expect(await stateOf(person.user.id)).toEqual(before)
})

test('a picture is only its owner’s: the URL in the results is signed for that picture', async () => {
  const person = await signUp()
  const project = await newProject(person)
  const { generation } = await expectJson<Started>(generate(person, oneSmallPicture(project.id)), 202)
  await ended(person, generation.id)
  const [picture] = (await resultsOf(person, generation.id)).items as [Picture]
  expect((await request(`/${picture.outputImageUrl}`)).status).toBe(200)
  expect((await request(`/${picture.outputImageUrl!.split('?')[0]}`)).status).toBe(422)
})
