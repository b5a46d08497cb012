import { env } from 'cloudflare:workers'
import { describe, expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { gift, giveQuotaTo } from '../support/jobs'
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
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toEqual({
      ...{ available: 300, held: 0, owed: 0 },
      unlimited: null,
    })
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

/** Brings an order of 1,500 credits to what was kept of it. */
async function converge(userId: string, keptRupiah: number): Promise<void> {
  const turn = await userObject(env, userId).beginCheck('pay_test', 20_000)
  const product = { productId: 'credits-1500', amountRupiah: 100_000, credits: 1500, dailyQuota: 0, cycleMonths: 0 }
  const memo = { actor: 'gateway:simulated', requestId: 'req_test', reason: keptRupiah ? 'paid' : 'charged back' }
  await userObject(env, userId).converge({
    ...product,
    ...{ paymentId: 'pay_test', gateway: 'simulated', source: 'topup', keptRupiah, memo },
    checkNo: turn.go ? turn.checkNo : 0,
  })
}

describe('who was paid back what was spent', () => {
  test('sees what is owed, and can start nothing until it is there (C12)', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    await converge(sari.user.id, 100_000)
    const { projectId } = await startShoot(sari, { batchSize: 10 })
    await converge(sari.user.id, 0)
    // Of 1,800 credits 300 are held and 1,500 go back: nothing is owed yet.
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toMatchObject({ available: 0, held: 300, owed: 0 })
    await converge(sari.user.id, 100_000)
    await expectJson(generate(sari, oneSmallPicture(projectId, { batchSize: 10 })), 202)
    await converge(sari.user.id, 0)
    expect(await expectJson(requestAs(sari, '/credits'), 200)).toMatchObject({ available: 0, held: 600, owed: 300 })
    expect(await errorOf(await generate(sari, oneSmallPicture(projectId)))).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      details: { required: 30, available: 0, owed: 300 },
    })
    const { items } = await expectJson<Page<Entry & { owedAfter: number; reason: string | null }>>(
      requestAs(sari, '/credits/entries?limit=1'),
      200,
    )
    expect(items[0]).toMatchObject({ kind: 'reversal', from: 'receivable', owedAfter: 300, reason: 'charged back' })
  })
})

describe('GET /credits/entries (listCreditEntries)', () => {
  test('what an admin changed says why, and not who', async () => {
    const sari = await signUp()
    const memo = {
      actor: 'usr_01J00000000000000000000000',
      requestId: 'req_of_an_admin',
      reason: 'sorry for the delay',
    }
    await userObject(env, sari.user.id).adjust({ key: 'adj_1', credits: 40, memo })
    await userObject(env, sari.user.id).adjust({ key: 'adj_2', credits: -15, memo })
    const answer = await requestAs(sari, '/credits/entries')
    const text = await answer.clone().text()
    for (const secret of [memo.actor, memo.requestId]) expect(text).not.toContain(secret)
    const { items } = await expectJson<Page<object>>(answer, 200)
    expect(items).toMatchObject([
      { kind: 'reversal', credits: 15, change: -15, reason: 'sorry for the delay', actor: 'admin' },
      { kind: 'grant', credits: 40, change: 40, reason: 'sorry for the delay', actor: 'admin' },
      { kind: 'grant', credits: 300, change: 300, reason: null, actor: null },
    ])
  })

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
    for (let i = 0; i < 5; i++) await userObject(env, sari.user.id).adjust(gift(`gift-${i}`, 1))
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
    expect(await expectJson(request('/prices'), 200)).toMatchObject({
      version: 1,
      items: [
        { id: 'pose', credits: 30, rupiah: 3000 },
        { id: 'background', credits: 10, rupiah: 1000 },
      ],
    })
  })

  test('every app says what it charges for', async () => {
    const { apps } = await expectJson<{ apps: { app: string; action: string; credits: number }[] }>(
      request('/prices'),
      200,
    )
    const ofAvatars = apps.filter(({ app }) => app === 'avatar-creator')
    expect(Object.fromEntries(ofAvatars.map(({ action, credits }) => [action, credits]))).toEqual({
      ...{ upload: 2, generate: 10, preset: 8, reference: 12, variation: 10 },
    })
  })
})
