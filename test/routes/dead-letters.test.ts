import { beforeAll, describe, expect, test } from 'vitest'
import { deadLetters } from '../../src/db/tables/operations'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, makeAdmin } from '../support/rows'
import type { Page } from '../support/shoots'
import { errorOf } from '../support/walk'

type DeadLetter = {
  id: string
  queue: string
  messageId: string
  body: string
  error: string
  attempts: number
  createdAt: string
}

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
  const row = (number: number) => ({
    ...{ id: `dlq_ZZZ${number}`, queue: 'lumiku-generation', messageId: `lost-${number}`, body: '{"type":"pose"}' },
    ...{ error: 'Error: DEAD_LETTER', attempts: 8, createdAt: 1_800_000_000_000 + number },
  })
  await db.insert(deadLetters).values([1, 2, 3].map(row)).onConflictDoNothing()
})

const list = (query: string) => expectJson<Page<DeadLetter>>(requestAs(admin, `/admin/dead-letters${query}`), 200)

describe('GET /admin/dead-letters (listDeadLetters)', () => {
  test('newest first, by pages, with what an admin needs to find the cause', async () => {
    const first = await list('?limit=2')
    expect(first.items.map((letter) => letter.messageId)).toEqual(['lost-3', 'lost-2'])
    expect(first.items[0]).toEqual({
      ...{ id: 'dlq_ZZZ3', queue: 'lumiku-generation', messageId: 'lost-3', body: '{"type":"pose"}' },
      ...{ error: 'Error: DEAD_LETTER', attempts: 8, createdAt: '2027-01-15T08:00:00.003Z' },
    })
    const second = await list(`?limit=2&cursor=${first.page.nextCursor}`)
    expect(second.items[0]?.messageId).toBe('lost-1')
  })

  test('not for members, however they ask', async () => {
    const sari = await signUp()
    for (const path of ['/admin/dead-letters', '//api/admin/dead-letters', '/admin/dead-letters?role=admin'])
      expect(await errorOf(await requestAs(sari, path))).toMatchObject({ statusCode: 403, code: 'FORBIDDEN' })
  })

  test('an admin who was made a member again keeps the old token for its ten minutes at most', async () => {
    const { accessToken } = admin
    const [, claims = ''] = accessToken.split('.')
    const { exp, iat, role } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/'))) as Record<
      string,
      number
    >
    expect([role, exp! - iat!]).toEqual(['admin', 600])
  })
})
