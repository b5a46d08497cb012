import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { giveQuotaTo } from '../support/jobs'
import { ended, generate, holdQueue, newProject, oneSmallPicture, type Page, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type Entry = {
  seq: number
  kind: string
  credits: number
  from: string
  to: string
  reference: string
  availableAfter: number
  heldAfter: number
  createdAt: string
}

describe('GET /credits (showCredits)', () => {
  test('a new account has the welcome credits, and no quota', async () => {
    const sari = await signUp()
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toEqual({ available: 300, held: 0, unlimited: null })
  })

  test('what a shoot reserves is held, not gone', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    await startShoot(sari, { batchSize: 3 })
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toMatchObject({ available: 210, held: 90 })
  })

  test('the unlimited tier says what is left of today, and refuses what does not fit it', async () => {
    const sari = await signUp()
    const project = await newProject(sari)
    await giveQuotaTo(sari.user.id, 3)
    const { unlimited } = await expectJson<{ unlimited: { resetsAt: string } }>(requestAs(sari, '/credits'), 200)
    expect(unlimited).toMatchObject({ active: true, dailyQuota: 3, used: 0, remaining: 3, expiresAt: null })
    // A WIB day starts at 17:00 UTC.
    expect(unlimited.resetsAt).toMatch(/T17:00:00\.000Z$/)
    const answer = await generate(sari, oneSmallPicture(project.id, { batchSize: 4 }))
    const refusal = await errorOf(answer)
    expect(refusal).toMatchObject({
      statusCode: 429,
      code: 'QUOTA_EXCEEDED',
      details: { required: 4, remaining: 3, resetsAt: unlimited.resetsAt },
    })
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    const started = await expectJson<{ generation: { id: string; fund: string }; creditCharged: number }>(
      generate(sari, oneSmallPicture(project.id, { batchSize: 2 })),
      202,
    )
    expect(started).toMatchObject({ creditCharged: 0, generation: { fund: 'unlimited' } })
    await ended(sari, started.generation.id)
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toMatchObject({
      available: 300,
      unlimited: { used: 2, remaining: 1 },
    })
  })
})

describe('GET /credits/entries (listCreditEntries)', () => {
  test('the whole story of a shoot, newest first, each with the balance after it', async () => {
    const sari = await signUp()
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const { items, page } = await expectJson<Page<Entry>>(requestAs(sari, '/credits/entries'), 200)
    expect(
      items.map(({ seq, kind, credits, from, to, reference }) => ({ seq, kind, credits, from, to, reference })),
    ).toEqual([
      { seq: 3, kind: 'settle', credits: 30, from: 'held', to: 'spent', reference: generation.id },
      { seq: 2, kind: 'hold', credits: 30, from: 'available', to: 'held', reference: generation.id },
      { seq: 1, kind: 'grant', credits: 300, from: 'source:welcome', to: 'available', reference: 'welcome' },
    ])
    expect(items.map(({ availableAfter, heldAfter }) => [availableAfter, heldAfter])).toEqual([
      [270, 0],
      [270, 30],
      [300, 0],
    ])
    expect(page).toEqual({ nextCursor: null, limit: 24 })
  })

  test('by pages without a gap; nothing of the chain or of grants leaks', async () => {
    const sari = await signUp()
    for (let i = 0; i < 5; i++)
      await userObject(env, sari.user.id).grant({
        key: `gift-${i}`,
        source: 'promo',
        category: 'promo',
        credits: 1,
        expiresAt: null,
      })
    const seen: number[] = []
    for (let query = '?limit=2'; ; ) {
      const { items, page } = await expectJson<Page<Entry>>(requestAs(sari, `/credits/entries${query}`), 200)
      seen.push(...items.map((entry) => entry.seq))
      for (const item of items)
        expect(Object.keys(item)).not.toEqual(expect.arrayContaining(['hash', 'key', 'grantId']))
      if (page.nextCursor === null) break
      query = `?limit=2&cursor=${page.nextCursor}`
    }
    expect(seen).toEqual([6, 5, 4, 3, 2, 1])
  })

  test.each(['0', '101', '-1', '1e1', '0x10', '', 'NaN', '1.5', '9007199254740993', ' 5'])(
    'limit=%j is a 422',
    async (limit) => {
      const sari = await signUp()
      const path = `/credits/entries?${new URLSearchParams({ limit })}`
      const { statusCode, issues } = await errorOf(await requestAs(sari, path))
      expect([statusCode, ...new Set(issues.map((issue) => issue.field))]).toEqual([422, 'limit'])
    },
  )
})

describe('GET /prices (listPrices)', () => {
  test('one credit is Rp 100', async () => {
    expect(await expectJson(request('/prices'), 200)).toEqual({
      version: 1,
      items: [
        { id: 'pose', credits: 30, rupiah: 3000 },
        { id: 'background', credits: 10, rupiah: 1000 },
      ],
    })
  })
})
