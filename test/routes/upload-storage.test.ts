import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { sweepCursors } from '../../src/db/tables/operations'
import { projects } from '../../src/db/tables/projects'
import { uploads } from '../../src/db/tables/uploads'
import { newId } from '../../src/kernel/ids'
import { uploadKey } from '../../src/uploads/object-key'
import { ORPHAN_AGE_MS, reapOrphans } from '../../src/uploads/reap-orphans'
import { expectErrors } from '../setup'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, uploadRow } from '../support/rows'
import { newProject, requestIn } from '../support/shoots'
import { kernel, png, send, upload, wide } from '../support/uploads'
import { errorOf } from '../support/walk'

type Shown = { id: string; url: string; width: number; height: number; sizeBytes: number; createdAt: string }
type Similar = { id: string; url: string; distance: number; isMirrored: boolean }
type New = Shown & { colorConverted: boolean | null; similarTo: Similar[] }
type List = {
  items: Shown[]
  page: { nextCursor: string | null; limit: number }
  storage: { usedBytes: number; limitBytes: number; uploads: number; maxUploads: number }
}

const list = (person: Person, query = '') => expectJson<List>(requestAs(person, `/uploads${query}`), 200)
const remove = (person: Person, id: string) => requestAs(person, `/uploads/${id}`, { method: 'DELETE' })
const bytesOf = async (person: Person) =>
  (await env.MEDIA.list({ prefix: `u/${person.user.id}/uploads/` })).objects.map(({ key }) => key)

/** An upload in an environment with these limits. */
const sendIn = (person: Person, vars: Record<string, string>, body: Uint8Array<ArrayBuffer> = png) =>
  requestIn(vars, '/uploads', {
    ...{ method: 'POST', body },
    headers: { authorization: `Bearer ${person.accessToken}`, 'content-type': 'image/png' },
  })

/** A picture of `count` grey bars. */
function bars(count: number, isMirrored = false): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(64 * 64 * 4).fill(255)
  for (let i = 0; i < 64 * 64; i++) {
    const x = isMirrored ? 63 - (i % 64) : i % 64
    const level = Math.floor((x * count) / 64) % 2 === 0 ? 30 + (i >> 6) * 2 : 200 - x
    rgba.set([level, level, level], i * 4)
  }
  return kernel.encodePng(rgba, 64, 64)
}

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

describe('GET /uploads (listUploads)', () => {
  test('one’s own, newest first, page by page', async () => {
    const [budi, other] = [await signUp(), await signUp()]
    await upload(other)
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.unshift((await upload(budi)).id)
    const first = await list(budi, '?limit=2')
    expect(first.items.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    const second = await list(budi, `?limit=2&cursor=${first.page.nextCursor}`)
    const third = await list(budi, `?limit=2&cursor=${second.page.nextCursor}`)
    expect([...second.items, ...third.items].map(({ id }) => id)).toEqual(ids.slice(2))
    expect(third.page).toEqual({ nextCursor: null, limit: 2 })
    const [shown] = first.items
    expect(shown).toMatchObject({ width: 32, height: 24 })
    expect(shown!.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/)
    expect((await request(`/${shown!.url}`)).status).toBe(200)
  })

  test('says how much is stored, and how much may be', async () => {
    const budi = await signUp()
    expect(await list(budi)).toMatchObject({ items: [], storage: { usedBytes: 0, uploads: 0 } })
    await upload(budi)
    const [key] = await bytesOf(budi)
    const { size } = (await env.MEDIA.head(key!))!
    const { items, storage } = await list(budi)
    expect(items[0]!.sizeBytes).toBe(size)
    expect(storage).toEqual({ usedBytes: size, limitBytes: 1024 ** 3, uploads: 1, maxUploads: 2_000 })
  })
})

describe('GET /uploads/:id (showUpload)', () => {
  test('shows one’s own with a fresh URL, and nobody else’s', async () => {
    const { id } = await upload(sari)
    const shown = await expectJson<Shown>(requestAs(sari, `/uploads/${id}`), 200)
    expect(shown).toMatchObject({ id, width: 32, height: 24 })
    expect((await request(`/${shown.url}`)).status).toBe(200)
    expect((await requestAs(await signUp(), `/uploads/${id}`)).status).toBe(404)
  })
})

describe('DELETE /uploads/:id (deleteUpload)', () => {
  test('takes the row, the bytes and every URL of it, and frees its storage', async () => {
    const budi = await signUp()
    const [kept, gone] = [await upload(budi), await upload(budi)]
    expect((await remove(budi, gone.id)).status).toBe(204)
    expect((await request(`/${gone.url}`)).status).toBe(404)
    expect((await requestAs(budi, `/uploads/${gone.id}`)).status).toBe(404)
    expect(await bytesOf(budi)).toEqual([uploadKey(budi.user.id, kept.id)])
    expect((await list(budi)).storage.uploads).toBe(1)
  })

  test('twice is a 404, and somebody else’s stays', async () => {
    const { id } = await upload(sari)
    expect((await remove(await signUp(), id)).status).toBe(404)
    expect((await remove(sari, id)).status).toBe(204)
    expect(await errorOf(await remove(sari, id))).toMatchObject({ statusCode: 404, code: 'NOT_FOUND' })
  })

  test('a project that shows it goes on without an avatar', async () => {
    const { id } = await upload(sari)
    const project = await newProject(sari)
    await db.update(projects).set({ avatarUploadId: id }).where(eq(projects.id, project.id))
    expect((await remove(sari, id)).status).toBe(204)
    const shown = await expectJson<{ avatarImageUrl: string | null }>(
      requestAs(sari, `/apps/pose-generator/projects/${project.id}`),
      200,
    )
    expect(shown.avatarImageUrl).toBe(null)
  })

  test('R2 being away does not bring the picture back: its bytes are found a day later', async () => {
    const budi = await signUp()
    const { id, url } = await upload(budi)
    const away = { delete: () => Promise.reject(new Error('R2 is away')) }
    const answer = await requestIn({ MEDIA: away }, `/uploads/${id}`, {
      ...{ method: 'DELETE', headers: { authorization: `Bearer ${budi.accessToken}` } },
    })
    expect([answer.status, (await request(`/${url}`)).status]).toEqual([204, 404])
    const key = uploadKey(budi.user.id, id)
    expect(await bytesOf(budi)).toEqual([key])
    await reapFrom(budi)
    expect(await bytesOf(budi)).toEqual([])
  })
})

/** The walk over everybody's objects, from this person on, a day from now. */
async function reapFrom({ user }: Person): Promise<void> {
  const cursor = { cursor: `u/${user.id}`, updatedAt: 1 }
  const row = { name: 'orphans', ...cursor }
  await db.insert(sweepCursors).values(row).onConflictDoUpdate({ target: sweepCursors.name, set: cursor })
  const ctx = makeCtx(env, 'test', () => {})
  await reapOrphans(ctx, Date.now() + ORPHAN_AGE_MS + 1_000)
}

describe('the storage of a user', () => {
  test('ends at its bytes: 409 that says how much there is, and nothing is stored (G9)', async () => {
    const budi = await signUp()
    const { sizeBytes } = await expectJson<New>(sendIn(budi, {}), 201)
    const limits = { LIMIT_UPLOAD_BYTES: String(sizeBytes * 2) }
    expect((await sendIn(budi, limits)).status).toBe(201)
    for (const body of [png, png.slice(0, 10)]) {
      const error = await errorOf(await sendIn(budi, limits, body))
      expect(error).toMatchObject({ statusCode: 409, code: 'STORAGE_FULL' })
      expect(error.details).toMatchObject({ usedBytes: sizeBytes * 2, limitBytes: sizeBytes * 2, uploads: 2 })
    }
    expect(await bytesOf(budi)).toHaveLength(2)
  })

  test('has room for what just fits, not for a byte more', async () => {
    const budi = await signUp()
    const { sizeBytes } = await expectJson<New>(sendIn(budi, {}), 201)
    const tight = await errorOf(await sendIn(budi, { LIMIT_UPLOAD_BYTES: String(sizeBytes * 2 - 1) }))
    expect(tight.details).toMatchObject({ usedBytes: sizeBytes, neededBytes: sizeBytes })
    expect((await sendIn(budi, { LIMIT_UPLOAD_BYTES: String(sizeBytes * 2) })).status).toBe(201)
  })

  test('ends at its count too', async () => {
    const budi = await signUp()
    await upload(budi)
    const error = await errorOf(await sendIn(budi, { LIMIT_UPLOADS: '1' }))
    expect(error).toMatchObject({ code: 'STORAGE_FULL', details: { uploads: 1, maxUploads: 1 } })
  })

  test('is not passed by uploads that come at the same time (G9)', async () => {
    const budi = await signUp()
    const { sizeBytes, id } = await expectJson<New>(sendIn(budi, {}), 201)
    await remove(budi, id)
    const limits = { LIMIT_UPLOAD_BYTES: String(sizeBytes * 3) }
    const answers = await Promise.all(Array.from({ length: 10 }, () => sendIn(budi, limits)))
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(3).fill(201), ...Array(7).fill(409)])
    expect(await bytesOf(budi)).toHaveLength(3)
    expect((await list(budi)).storage).toMatchObject({ usedBytes: sizeBytes * 3, uploads: 3 })
  })

  test('of somebody else is another matter', async () => {
    const [budi, other] = [await signUp(), await signUp()]
    await uploadRow(other.user.id, { sizeBytes: 1_000_000 })
    expect((await sendIn(budi, { LIMIT_UPLOAD_BYTES: '1000' })).status).toBe(201)
  })

  test('is free again once something is deleted', async () => {
    const budi = await signUp()
    const { id } = await upload(budi)
    expect((await sendIn(budi, { LIMIT_UPLOADS: '1' })).status).toBe(409)
    await remove(budi, id)
    expect((await sendIn(budi, { LIMIT_UPLOADS: '1' })).status).toBe(201)
  })

  test('does not stop who has 1,999 of 2,000, and stops who has 2,000 (G9)', async () => {
    const budi = await signUp()
    const rows = Array.from({ length: 1_999 }, () => {
      const id = newId('upload')
      return { id, objectKey: uploadKey(budi.user.id, id), phash: '0123456789abcdef' }
    })
    const insert = `insert into uploads (id, user_id, object_key, width_px, height_px, size_bytes, phash, created_at)
      select value ->> 'id', ?1, value ->> 'objectKey', 1, 1, 1, value ->> 'phash', 1 from json_each(?2)`
    await env.DB.prepare(insert).bind(budi.user.id, JSON.stringify(rows)).run()
    expect((await upload(budi)).id).toMatch(/^upl_/)
    expect((await errorOf(await send(budi, png, 'image/png'))).code).toBe('STORAGE_FULL')
  })
})

describe('a crash between the bytes and the row', () => {
  test('leaves no upload that shows nothing; its bytes are found a day later (G9)', async () => {
    const budi = await signUp()
    const dying = new Proxy(env.DB, {
      get(database, name) {
        const value: unknown = Reflect.get(database, name)
        if (name !== 'prepare') return typeof value === 'function' ? value.bind(database) : value
        return (sql: string) => {
          if (/^insert into "uploads"/.test(sql)) throw new Error('the isolate is gone')
          return database.prepare(sql)
        }
      },
    })
    expect((await sendIn(budi, { DB: dying as never })).status).toBe(500)
    expect(expectErrors()).toHaveLength(1)
    expect((await list(budi)).items).toEqual([])
    expect(await bytesOf(budi)).toHaveLength(1)
    await reapFrom(budi)
    expect(await bytesOf(budi)).toEqual([])
  })
})

describe('a picture that was uploaded before', () => {
  const sent = (person: Person, bytes: Uint8Array<ArrayBuffer>) =>
    expectJson<New>(send(person, bytes, 'image/png'), 201)

  test('is another upload, which names the first', async () => {
    const budi = await signUp()
    const first = await sent(budi, bars(5))
    expect(first.similarTo).toEqual([])
    const again = await sent(budi, bars(5))
    expect(again.id).not.toBe(first.id)
    expect(again.similarTo).toMatchObject([{ id: first.id, distance: 0, isMirrored: false }])
    expect((await request(`/${again.similarTo[0]!.url}`)).status).toBe(200)
  })

  test('is known from left to right, and others are not taken for it', async () => {
    const budi = await signUp()
    const first = await sent(budi, bars(5))
    expect((await sent(budi, bars(5, true))).similarTo).toMatchObject([{ id: first.id, isMirrored: true }])
    expect((await sent(budi, bars(2))).similarTo).toEqual([])
  })

  test('by somebody else is nobody’s business', async () => {
    const [budi, other] = [await signUp(), await signUp()]
    await sent(other, bars(7))
    expect((await sent(budi, bars(7))).similarTo).toEqual([])
  })

  test('is not found once it is deleted', async () => {
    const budi = await signUp()
    const { id } = await sent(budi, bars(5))
    await remove(budi, id)
    expect((await sent(budi, bars(5))).similarTo).toEqual([])
  })

  test('its hash is kept with it', async () => {
    const { id } = await sent(sari, bars(5))
    const [row] = await db.select().from(uploads).where(eq(uploads.id, id))
    expect(row?.phash).toMatch(/^[0-9a-f]{16}$/)
  })
})

test('what is wider than sRGB is converted, what cannot be is told, what is sRGB is left alone', async () => {
  const sent = async (bytes: Uint8Array<ArrayBuffer>) =>
    (await expectJson<New>(send(sari, bytes, 'image/png'), 201)).colorConverted
  expect(await sent(wide(12))).toBe(true)
  expect(await sent(wide(9))).toBe(false)
  expect(await sent(png)).toBe(null)
})
