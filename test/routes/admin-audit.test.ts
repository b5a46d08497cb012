import { describe, expect, test } from 'vitest'
import { auditLog } from '../../src/db/tables/operations'
import { newId } from '../../src/kernel/ids'
import { expectJson, requestAs, signUp } from '../support/app'
import { db, makeAdmin } from '../support/rows'
import type { Page } from '../support/shoots'

type Row = { id: string; actorId: string; action: string; subject: string; details: object; createdAt: string }

describe('GET /admin/audit (listAuditRecords)', () => {
  test('what was done, newest first, by pages; by subject only what was done to that', async () => {
    const admin = await makeAdmin(await signUp())
    const subjects = [newId('user'), newId('user'), newId('user')] as const
    const [sari, budi] = subjects
    const ids: string[] = []
    for (const subject of [sari, budi, sari, sari]) {
      const id = newId('audit')
      ids.unshift(id)
      const row = { id, subject, actorId: admin.user.id, action: 'user.looked_at', details: '{"n":1}' }
      await db.insert(auditLog).values({ ...row, requestId: 'audit-request', createdAt: 1_800_000_000_000 })
    }
    const list = (query: string) => expectJson<Page<Row>>(requestAs(admin, `/admin/audit${query}`), 200)
    expect((await list('?limit=4')).items.map(({ id }) => id)).toEqual(ids)
    const first = await list(`?subject=${sari}&limit=2`)
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(first.items[0]).toEqual({
      ...{ id: ids[0], actorId: admin.user.id, action: 'user.looked_at', subject: sari, details: { n: 1 } },
      ...{ requestId: 'audit-request', createdAt: '2027-01-15T08:00:00.000Z' },
    })
    const second = await list(`?subject=${sari}&limit=2&cursor=${first.page.nextCursor}`)
    expect(second).toMatchObject({ items: [{ id: ids[3] }], page: { nextCursor: null } })
  })
})
