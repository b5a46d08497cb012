import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { giveQuotaTo } from '../support/jobs'
import type { Person } from '../support/people'
import { makeAdmin } from '../support/rows'
import { ended, type Page, startShoot } from '../support/shoots'

type User = { id: string; email: string; name: string; role: string; tier: string; createdAt: string }
type Entry = { seq: number; key: string; kind: string; credits: number; memo: object | null }
type Verification = { ok: boolean; entries: number; checks: { id: string; ok: boolean }[] }

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
})

const get = <T>(path: string) => expectJson<T>(requestAs(admin, `/admin/users${path}`), 200)

describe('GET /admin/users (listUsers)', () => {
  test('accounts are found by the beginning of their e-mail, in its order, by pages', async () => {
    const mark = crypto.randomUUID().slice(0, 8)
    const emails = ['a', 'b', 'c'].map((name) => `${mark}-${name}@example.test`)
    for (const email of emails.toReversed()) await signUp({ email })
    await signUp({ email: `before-${mark}@example.test` })
    const first = await get<Page<User>>(`?email=${mark}&limit=2`)
    expect(first.items.map(({ email }) => email)).toEqual(emails.slice(0, 2))
    const second = await get<Page<User>>(`?email=${mark}&limit=2&cursor=${first.page.nextCursor}`)
    expect(second.items.map(({ email }) => email)).toEqual(emails.slice(2))
    expect(second.page.nextCursor).toBeNull()
    expect((await get<Page<User>>(`?email=${encodeURIComponent(` ${mark.toUpperCase()}-A@`)}`)).items).toHaveLength(1)
  })

  test('no sign in it means anything but itself, and no password hash comes along', async () => {
    for (const email of ['%', '_', '*', '%25@', "' or 1=1 --"])
      expect((await get<Page<User>>(`?email=${encodeURIComponent(email)}`)).items).toEqual([])
    const [user] = (await get<Page<User>>('?limit=1')).items
    expect(Object.keys(user!).sort()).toEqual(['createdAt', 'email', 'id', 'name', 'role', 'tier'])
  })
})

describe('GET /admin/users/:id (showUser)', () => {
  test('an account with its credits, what it owes, and its plans', async () => {
    const person = await signUp()
    await giveQuotaTo(person.user.id, 100)
    const shown = await get<{ user: User; credits: object; plans: object[] }>(`/${person.user.id}`)
    expect(shown.user).toMatchObject({ id: person.user.id, email: person.email, role: 'user' })
    expect(shown.credits).toMatchObject({ available: 300, held: 0, owed: 0, unlimited: { dailyQuota: 100 } })
    expect(shown.plans).toMatchObject([{ productId: 'pro-monthly', dailyQuota: 100, status: 'active' }])
  })

  test('nobody is a 404 everywhere', async () => {
    for (const rest of ['', '/entries', '/verification'])
      expect((await requestAs(admin, `/admin/users/${newId('user')}${rest}`)).status).toBe(404)
  })
})

describe('GET /admin/users/:id/entries (listUserEntries)', () => {
  test('the whole ledger, newest first, by pages', async () => {
    const person = await signUp()
    const { generation } = await startShoot(person)
    await ended(person, generation.id)
    const first = await get<Page<Entry>>(`/${person.user.id}/entries?limit=2`)
    expect(first.items.map(({ kind, credits }) => [kind, credits])).toEqual([
      ['settle', 30],
      ['hold', 30],
    ])
    const second = await get<Page<Entry>>(`/${person.user.id}/entries?limit=2&cursor=${first.page.nextCursor}`)
    expect(second.items).toMatchObject([{ seq: 1, key: 'grant:welcome', kind: 'grant', credits: 300, memo: null }])
  })
})

describe('GET /admin/users/:id/verification (verifyUser)', () => {
  test('sound books are green in every promise', async () => {
    const person = await signUp()
    const { ok, entries, checks } = await get<Verification>(`/${person.user.id}/verification`)
    expect([ok, entries]).toEqual([true, 1])
    expect(checks.length).toBeGreaterThan(5)
    expect(checks.filter((check) => !check.ok)).toEqual([])
  })

  test('a forged entry turns the verification red (A27)', async () => {
    const person = await signUp()
    await runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) => {
      sql.exec('DROP TRIGGER entry_no_update')
      sql.exec("UPDATE entry SET reference = 'forged'")
    })
    const { ok, checks } = await get<Verification>(`/${person.user.id}/verification`)
    expect(ok).toBe(false)
    expect(checks.filter((check) => !check.ok).map(({ id }) => id)).toContain('I13')
  })
})
