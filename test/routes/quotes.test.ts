import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MAX_BINDING_QUOTES, QUOTE_LIFETIME_MS } from '../../src/kernel/limits'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { giveQuotaTo } from '../support/jobs'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import {
  creditsOf,
  ended,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  POSES,
  type Started,
} from '../support/shoots'
import { upload } from '../support/uploads'
import { errorOf } from '../support/walk'

type Line = { item: string; quantity: number; unitCredits: number; credits: number; rupiah: number }
type Limit = { limit: string; allowsPictures: number; binds: boolean; resetsAt: string | null }
type Quote = {
  id: string
  credits: number
  rupiah: number
  lines: Line[]
  fund: string
  balanceAfter: number
  limits: Limit[]
  enough: boolean
  priceVersion: number
  expiresAt: string
}

const ask = (person: Person, params: object, app = 'pose-generator') =>
  requestAs(person, '/quotes', { json: { app, params } })
const quoteFor = (person: Person, params: object): Promise<Quote> => expectJson(ask(person, params), 201)

/** Somebody with 300 credits, a project, and a queue that stands still. */
async function seller() {
  const person = await signUp()
  await holdQueue(person)
  const { id: projectId } = await newProject(person)
  return { person, body: (fields: object = {}) => oneSmallPicture(projectId, fields) }
}

const background = { useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#FF8800' }

/** A price from now on; `forget` takes it back, as other tests count on the old one. */
async function raisePrice(action: string, credits: number): Promise<void> {
  await env.DB.prepare(
    "insert into prices(app, action, version, credits, effective_at) values ('pose-generator', ?, 9, ?, 0)",
  )
    .bind(action, credits)
    .run()
}
const forgetPrices = () => env.DB.prepare('delete from prices where version = 9').run()
afterAll(forgetPrices)

describe('POST /quotes (createQuote)', () => {
  test('says what each picture costs, what is left afterwards and until when it binds', async () => {
    const { person, body } = await seller()
    const asked = Date.now()
    const quote = await quoteFor(person, body({ selectedPoseIds: POSES.slice(0, 2), batchSize: 3, ...background }))
    expect(quote).toMatchObject({
      credits: 240,
      rupiah: 24_000,
      lines: [
        { item: 'pose', quantity: 6, unitCredits: 30, credits: 180, rupiah: 18_000 },
        { item: 'background', quantity: 6, unitCredits: 10, credits: 60, rupiah: 6_000 },
      ],
      fund: 'credits',
      balanceAfter: 60,
      enough: true,
      priceVersion: 1,
    })
    expect(quote.id).toMatch(/^quo_[0-9A-Z]{26}$/)
    const lifetimeMs = Date.parse(quote.expiresAt) - asked
    expect(lifetimeMs).toBeGreaterThanOrEqual(15 * 60_000)
    expect(lifetimeMs).toBeLessThan(16 * 60_000)
  })

  test('names the limit that would stop it', async () => {
    const { person, body } = await seller()
    const quote = await quoteFor(person, body({ selectedPoseIds: [...POSES], batchSize: 4 }))
    expect(quote).toMatchObject({ credits: 480, balanceAfter: -180, enough: false })
    expect(quote.limits.filter(({ binds }) => binds)).toEqual([
      { limit: 'credits', allowsPictures: 10, binds: true, resetsAt: null },
    ])
    expect(quote.limits.map(({ limit }) => limit).sort()).toEqual([
      ...['credits', 'generatesPerMinute', 'picturesPerGeneration', 'posesPerHour'],
    ])
  })

  test('a plan pays for the pose, not for its background; credits pay for both where they are asked for', async () => {
    const { person, body } = await seller()
    await giveQuotaTo(person.user.id, 3)
    const byPlan = await quoteFor(person, body({ batchSize: 4, ...background }))
    expect(byPlan).toMatchObject({ fund: 'unlimited', credits: 40, enough: false })
    expect(byPlan.lines.map(({ item, credits }) => [item, credits])).toEqual([
      ['pose', 0],
      ['background', 40],
    ])
    expect(byPlan.limits.find(({ binds }) => binds)).toMatchObject({ limit: 'dailyQuota', allowsPictures: 3 })
    expect(byPlan.limits.find(({ limit }) => limit === 'dailyQuota')?.resetsAt).toMatch(/T17:00:00\.000Z$/)
    const byCredits = await quoteFor(person, body({ batchSize: 4, ...background, fund: 'credits' }))
    expect(byCredits).toMatchObject({ fund: 'credits', credits: 160, enough: true })
  })

  test('words count as many pictures as a start makes of them', async () => {
    const { person, body } = await seller()
    const { selectedPoseIds: _poses, batchSize: _size, ...rest } = body()
    const params = { ...rest, generationType: 'TEXT_DESCRIPTION', textPrompt: 'holding a box', variationCount: 5 }
    expect(await quoteFor(person, params)).toMatchObject({ credits: 150, lines: [{ item: 'pose', quantity: 5 }] })
  })

  test('reserves nothing', async () => {
    const { person, body } = await seller()
    await quoteFor(person, body())
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('nobody may bind us five hundred times at once', async () => {
    const { person, body } = await seller()
    await quoteFor(person, body())
    await runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) => {
      for (let n = 1; n < MAX_BINDING_QUOTES; n++)
        sql.exec(
          `INSERT INTO quote SELECT id || ?, app, fingerprint, pictures, fund, pose_credits, background_credits,
             expires_at, NULL FROM quote WHERE length(id) = 30`,
          `-${n}`,
        )
    })
    const refused = await ask(person, body())
    expect([refused.status, (await errorOf(refused)).code]).toEqual([429, 'RATE_LIMITED'])
    expect(refused.headers.get('retry-after')).toBe('900')
  })

  test('a session that ended gets no quote, whatever its token says', async () => {
    const { person, body } = await seller()
    const sessions = await expectJson<{ items: { id: string }[] }>(requestAs(person, '/auth/sessions'), 200)
    await userObject(env, person.user.id).revokeSession(sessions.items[0]!.id)
    expect((await errorOf(await ask(person, body()))).code).toBe('UNAUTHENTICATED')
  })
})

describe('a request that could not be started gets no quote, and is told which field', () => {
  let sari: Awaited<ReturnType<typeof seller>>
  beforeAll(async () => {
    sari = await seller()
  })

  test.each([
    ['a field that is missing', { batchSize: 0 }, 'params.batchSize'],
    ['a pose that is not there', { selectedPoseIds: ['no-such-pose'] }, 'params.selectedPoseIds'],
    ['more pictures than one generation has', { selectedPoseIds: POSES, batchSize: 11 }, 'params.batchSize'],
    ['a background without its colour', { ...background, backgroundColor: undefined }, 'params.backgroundColor'],
    ['a price of the client', { creditCost: 1 }, 'params.creditCost'],
    ['a quote of a quote', { quoteId: 'quo_01J00000000000000000000000' }, 'params.quoteId'],
    ['another fund', { fund: 'free' }, 'params.fund'],
  ])('%s', async (_title, fields, field) => {
    const before = await stateOf(sari.person.user.id)
    const { statusCode, issues } = await errorOf(await ask(sari.person, sari.body(fields)))
    expect([statusCode, issues.map((issue) => issue.field)]).toEqual([422, [field]])
    expect(await stateOf(sari.person.user.id)).toEqual(before)
  })

  test("somebody else's project or upload", async () => {
    const budi = await seller()
    const theirs = await upload(budi.person)
    for (const [params, field] of [
      [budi.body(), 'params.projectId'],
      [
        sari.body({ useBackgroundChanger: true, backgroundMode: 'upload', backgroundImageId: theirs.id }),
        'params.backgroundImageId',
      ],
    ] as const)
      expect(await errorOf(await ask(sari.person, params))).toMatchObject({ code: 'NOT_FOUND', details: { field } })
  })

  test('an app that is not there', async () => {
    const { statusCode, issues } = await errorOf(await ask(sari.person, sari.body(), 'carousel-mix'))
    expect([statusCode, issues[0]?.field]).toEqual([422, 'app'])
  })
})

describe('a start with a quote', () => {
  test('costs what the quote said, though the price went up in between', async () => {
    const { person, body } = await seller()
    const params = body({ batchSize: 2, ...background })
    const quote = await quoteFor(person, params)
    await raisePrice('pose', 45)
    await raisePrice('background', 20)
    try {
      expect(await quoteFor(person, params)).toMatchObject({ credits: 130, priceVersion: 9 })
      const started = await expectJson<Started>(generate(person, { ...params, quoteId: quote.id }), 202)
      expect(started.creditCharged).toBe(quote.credits)
      expect(started.creditCharged).toBe(80)
      expect(await creditsOf(person)).toEqual({ available: 220, held: 80 })
      const dearer = await expectJson<Started>(generate(person, body({ batchSize: 2 })), 202)
      expect(dearer.creditCharged).toBe(90)
    } finally {
      await forgetPrices()
    }
  })

  test('charges each picture as quoted when it comes', async () => {
    const person = await signUp()
    const params = oneSmallPicture((await newProject(person)).id, { batchSize: 2 })
    const { id: quoteId, credits } = await quoteFor(person, params)
    await raisePrice('pose', 45)
    const started = await expectJson<Started>(generate(person, { ...params, quoteId }), 202).finally(forgetPrices)
    const { creditCharged, creditRefunded } = await ended(person, started.generation.id)
    expect({ creditCharged, creditRefunded }).toEqual({ creditCharged: credits, creditRefunded: 0 })
  })

  test('is refused for another request, a field at a time, and the quote stays good for its own', async () => {
    const { person, body } = await seller()
    const params = body({ batchSize: 2, seed: 5 })
    const { id: quoteId } = await quoteFor(person, params)
    const before = await stateOf(person.user.id)
    for (const other of [
      ...[{ batchSize: 1 }, { batchSize: 3 }, { seed: 6 }, { width: 512 }, { prompt: 'smiling' }, { fund: 'credits' }],
      ...[background, { selectedPoseIds: [POSES[1]] }],
    ]) {
      const { statusCode, issues } = await errorOf(await generate(person, { ...params, ...other, quoteId }))
      expect([statusCode, issues.map(({ field }) => field), other]).toEqual([422, ['quoteId'], other])
    }
    expect(await stateOf(person.user.id)).toEqual(before)
    expect((await generate(person, { ...params, quoteId })).status).toBe(202)
  })

  test('is refused with a quote that nobody gave, or that somebody else was given', async () => {
    const [sari, budi] = [await seller(), await seller()]
    const theirs = await quoteFor(budi.person, budi.body())
    for (const quoteId of [theirs.id, 'quo_01J00000000000000000000000', theirs.id.toLowerCase(), 'pay_1', '']) {
      const { statusCode, issues } = await errorOf(await generate(sari.person, sari.body({ quoteId })))
      expect([statusCode, issues[0]?.field]).toEqual([422, 'quoteId'])
    }
    expect((await generate(budi.person, budi.body({ quoteId: theirs.id }))).status).toBe(202)
  })

  test('works once; the same key and body get the first answer again', async () => {
    const { person, body } = await seller()
    const { id: quoteId } = await quoteFor(person, body())
    const key = newKey()
    const started = await expectJson<Started>(generate(person, body({ quoteId }), key), 202)
    const again = await generate(person, body({ quoteId }), key)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(await expectJson<Started>(again, 202)).toEqual(started)
    expect(await errorOf(await generate(person, body({ quoteId })))).toMatchObject({
      statusCode: 409,
      code: 'QUOTE_USED',
    })
    expect(await creditsOf(person)).toEqual({ available: 270, held: 30 })
  })

  test('ten at once with one quote: one is started, nine are told that it was used', async () => {
    const { person, body } = await seller()
    const { id: quoteId } = await quoteFor(person, body())
    const answers = await Promise.all(Array.from({ length: 10 }, () => generate(person, body({ quoteId }))))
    const codes = await Promise.all(
      answers.map(async (answer) => (answer.status === 202 ? 'started' : (await errorOf(answer)).code)),
    )
    expect(codes.sort()).toEqual([...Array(9).fill('QUOTE_USED'), 'started'])
    expect(await creditsOf(person)).toEqual({ available: 270, held: 30 })
  })

  test('is refused once the quote has expired', async () => {
    const { person, body } = await seller()
    const { id: quoteId } = await quoteFor(person, body())
    await expire(person)
    expect(await errorOf(await generate(person, body({ quoteId })))).toMatchObject({
      statusCode: 409,
      code: 'QUOTE_EXPIRED',
    })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('fund: credits leaves the quota of a plan alone', async () => {
    const { person, body } = await seller()
    await giveQuotaTo(person.user.id, 10)
    const started = await expectJson<Started & { generation: { fund: string } }>(
      generate(person, body({ fund: 'credits' })),
      202,
    )
    expect([started.creditCharged, started.generation.fund]).toEqual([30, 'credits'])
    expect(await expectJson(requestAs(person, '/credits'), 200)).toMatchObject({
      unlimited: { used: 0, remaining: 10 },
    })
  })
})

/** Fifteen minutes later, for this person's quotes. */
const expire = (person: Person): Promise<void> =>
  runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) => {
    sql.exec('UPDATE quote SET expires_at = expires_at - ?', QUOTE_LIFETIME_MS)
  })
