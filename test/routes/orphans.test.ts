import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { sweepCursors } from '../../src/db/tables/operations'
import { exportVariants, pictureBackgrounds, pictureJobs } from '../../src/db/tables/pictures'
import {
  backgroundKey,
  backgroundThumbnailKey,
  jobPrefix,
  maskKey,
  masterKey,
  plateKey,
  thumbnailKey,
  variantKey,
} from '../../src/generations/object-keys'
import { newId } from '../../src/kernel/ids'
import { castNets } from '../../src/recovery/cast-nets'
import { uploadKey } from '../../src/uploads/object-key'
import { ORPHAN_AGE_MS, reapOrphans, VARIANT_KEPT_MS } from '../../src/uploads/reap-orphans'
import { db, generationRow, pictureRow, projectRow, uploadRow, userRow } from '../support/rows'

const ctx = makeCtx(env, 'test', () => {})
const DAY_MS = 24 * 60 * 60_000
/** When everything that is there now is old enough to be an orphan. */
const tomorrow = () => Date.now() + ORPHAN_AGE_MS + 1_000

const put = async (key: string): Promise<number> => (await env.MEDIA.put(key, 'bytes'))!.uploaded.getTime()
const isThere = async (key: string): Promise<boolean> => (await env.MEDIA.head(key)) !== null
const areThere = (keys: string[]) => Promise.all(keys.map(isThere))

/** Ids that sort behind all others: the walks here begin at the first of them and never see what other tests do. */
const LAST = 'usr_7ZZZZZZZZZ'
const newUser = () => `${LAST}${newId('user').slice(-16)}`

const begin = () =>
  db
    .insert(sweepCursors)
    .values({ name: 'orphans', cursor: `u/${LAST}`, updatedAt: 1 })
    .onConflictDoUpdate({ target: sweepCursors.name, set: { cursor: `u/${LAST}` } })

/** Runs until the walk has come to the end, and adds up what it did. */
async function goOn(now: number, limits?: { pages: number; pageKeys: number }) {
  const sum = { seen: 0, orphans: 0, unknown: 0, runs: 0 }
  for (;;) {
    const { seen, orphans, unknown, isWhole } = await reapOrphans(ctx, now, limits)
    sum.seen += seen
    sum.orphans += orphans
    sum.unknown += unknown
    sum.runs++
    if (isWhole) return sum
  }
}

async function walk(now: number) {
  await begin()
  return goOn(now)
}

beforeEach(async () => {
  await begin()
  const { objects } = await env.MEDIA.list({ prefix: `u/${LAST}` })
  await env.MEDIA.delete(objects.map(({ key }) => key))
})

const HASH = 'a'.repeat(64)

/** A picture with everything that it can have: rows, and an object for each key in them. */
async function wholePicture() {
  const userId = await userRow({ id: newUser() })
  const generationId = await generationRow(userId, await projectRow(userId))
  const [output, thumb, mask] = [masterKey, thumbnailKey, maskKey].map((key) => key(userId, generationId, 'stand-v0'))
  const keys = { outputKey: output!, thumbnailKey: thumb!, maskKey: mask! }
  const imageId = await pictureRow(userId, generationId, keys)
  const [background, backgroundThumb] = [backgroundKey(output!, HASH), backgroundThumbnailKey(output!, HASH)]
  await db.insert(pictureBackgrounds).values({
    ...{ id: newId('background'), imageId, wishHash: HASH, mode: 'transparent', madeBy: 'job:0', sizeBytes: 5 },
    ...{
      wish: { mode: 'transparent', shadow: false },
      objectKey: background,
      thumbnailKey: backgroundThumb,
      createdAt: 1,
    },
  })
  const variant = await variantRow(imageId, variantKey(output!, 'print_a4', HASH), Date.now())
  const all = [output!, thumb!, mask!, background, backgroundThumb, variant]
  await Promise.all(all.map(put))
  return { userId, generationId, imageId, keys: all, master: output!, variant }
}

async function variantRow(imageId: string, objectKey: string, createdAt: number): Promise<string> {
  await db.insert(exportVariants).values({
    ...{ id: newId('variant'), imageId, recipeHash: crypto.randomUUID(), format: 'print_a4', objectKey, createdAt },
    ...{ contentType: 'image/png', widthPx: 1, heightPx: 1, sizeBytes: 5, crc32: 1, isPadded: false, keeps: 'body' },
  })
  return objectKey
}

/** What is kept of an export's archive, and the export. */
async function archive(userId: string): Promise<string> {
  const id = newId('export')
  await db.insert(pictureJobs).values({
    ...{ id, userId, app: 'exports', status: 'completed', total: 1, completed: 1, failed: 0, cancelled: 0 },
    ...{ creditsCharged: 0, version: 1, createdAt: 1 },
  })
  const key = `${jobPrefix(userId, id)}contents.json`
  await put(key)
  return key
}

async function wholeUpload() {
  const userId = await userRow({ id: newUser() })
  const id = await uploadRow(userId)
  await put(uploadKey(userId, id))
  return { id, userId, key: uploadKey(userId, id) }
}

describe('what no row names goes after a day', () => {
  test('of uploads, masters, thumbnails, masks, backgrounds and built files; what a row names stays (G9)', async () => {
    const picture = await wholePicture()
    const upload = await wholeUpload()
    const nowhere = masterKey(picture.userId, picture.generationId, 'sit-v0')
    const lost = [
      ...[uploadKey(upload.userId, newId('upload')), nowhere],
      ...[thumbnailKey, maskKey].map((key) => key(picture.userId, picture.generationId, 'sit-v0')),
      ...[backgroundKey(nowhere, HASH), backgroundThumbnailKey(nowhere, HASH), variantKey(nowhere, 'tiktok', HASH)],
      variantKey(picture.master, 'print_a4', 'b'.repeat(64)),
      plateKey(picture.master, HASH),
      `${jobPrefix(picture.userId, newId('export'))}contents.json`,
      masterKey(newUser(), newId('generation'), 'text-v3'),
    ]
    const contents = await archive(picture.userId)
    await Promise.all(lost.map(put))
    expect(await walk(tomorrow())).toMatchObject({ seen: 19, orphans: 11, unknown: 0 })
    expect(await areThere(lost)).toEqual(lost.map(() => false))
    expect(await areThere([...picture.keys, upload.key, contents])).toEqual(Array(8).fill(true))
  })

  test('not before: it may be what a running job has just put', async () => {
    const userId = newUser()
    const [older, younger] = [uploadKey(userId, newId('upload')), masterKey(userId, newId('generation'), 'stand-v0')]
    const olderAt = await put(older)
    let youngerAt = olderAt
    while (youngerAt === olderAt) youngerAt = await put(younger)
    expect((await walk(olderAt + ORPHAN_AGE_MS - 1)).orphans).toBe(0)
    expect(await areThere([older, younger])).toEqual([true, true])
    expect((await walk(olderAt + ORPHAN_AGE_MS)).orphans).toBe(1)
    expect(await areThere([older, younger])).toEqual([false, true])
    expect((await walk(youngerAt + ORPHAN_AGE_MS)).orphans).toBe(1)
  })

  test('a row of somebody else’s that happens to have the id does not keep it', async () => {
    const { id, key } = await wholeUpload()
    const foreign = uploadKey(newUser(), id)
    await put(foreign)
    await walk(tomorrow())
    expect(await areThere([foreign, key])).toEqual([false, true])
  })

  test('everything of a deleted user', async () => {
    const [gone, stays] = [await wholePicture(), await wholePicture()]
    await env.DB.prepare('delete from users where id = ?').bind(gone.userId).run()
    expect((await walk(tomorrow())).orphans).toBe(6)
    expect(await areThere([...gone.keys, ...stays.keys])).toEqual([...Array(6).fill(false), ...Array(6).fill(true)])
  })

  test('a key of another shape is left alone, and counted', async () => {
    const [userId, generationId] = [newUser(), newId('generation')]
    const strange = [
      ...[`u/${userId}`, `u/${userId}/uploads/picture.png`, `u/${userId}/uploads/${newId('upload')}.webp`],
      ...[`u/${userId}/${generationId}/index.json`, `u/${userId}/${generationId}/a/b_master`],
      `u/${userId}/${newId('export')}/files.zip`,
    ]
    await Promise.all([...strange, 'written-poses/kept.json'].map(put))
    expect(await walk(tomorrow())).toMatchObject({ seen: 6, orphans: 0, unknown: 6 })
    expect(await areThere([...strange, 'written-poses/kept.json'])).toEqual(Array(7).fill(true))
    await env.MEDIA.delete([...strange, 'written-poses/kept.json'])
  })
})

describe('many objects', () => {
  test('2,500 are seen page by page, and only the lost ones go (G9)', async () => {
    const kept = await wholeUpload()
    const users = Array.from({ length: 3 }, () => newUser())
    const lost = Array.from({ length: 2_500 }, (_, i) => uploadKey(users[i % 3]!, newId('upload')))
    for (let from = 0; from < lost.length; from += 100) await Promise.all(lost.slice(from, from + 100).map(put))
    expect(await walk(tomorrow())).toEqual({ seen: 2_501, orphans: 2_500, unknown: 0, runs: 1 })
    expect(await walk(tomorrow())).toEqual({ seen: 1, orphans: 0, unknown: 0, runs: 1 })
    expect(await isThere(kept.key)).toBe(true)
  }, 120_000)

  test('a run does no more than its pages; the next goes on where it ended', async () => {
    const userId = newUser()
    await Promise.all(Array.from({ length: 33 }, () => put(uploadKey(userId, newId('upload')))))
    const few = { pages: 3, pageKeys: 10 }
    expect(await reapOrphans(ctx, tomorrow(), few)).toMatchObject({ seen: 30, orphans: 30, isWhole: false })
    expect(await reapOrphans(ctx, tomorrow(), few)).toMatchObject({ seen: 3, orphans: 3, isWhole: true })
  })

  test('a run that is cut short is gone on with, and loses nothing that is kept', async () => {
    const kept = await wholePicture()
    const lost = Array.from({ length: 12 }, () => uploadKey(kept.userId, newId('upload')))
    await Promise.all(lost.map(put))
    let lists = 0
    const failing = new Proxy(env.MEDIA, {
      get(bucket, name) {
        if (name === 'list' && ++lists === 2) return () => Promise.reject(new Error('R2 is away'))
        const value: unknown = Reflect.get(bucket, name)
        return typeof value === 'function' ? value.bind(bucket) : value
      },
    })
    const cut = makeCtx({ ...env, MEDIA: failing }, 'test', () => {})
    const few = { pages: 3, pageKeys: 10 }
    await expect(reapOrphans(cut, tomorrow(), few)).rejects.toThrow('R2 is away')
    const [cursor] = await db.select().from(sweepCursors).where(eq(sweepCursors.name, 'orphans'))
    expect(cursor?.cursor).toMatch(/^u\/usr_/)
    expect(await goOn(tomorrow(), few)).toMatchObject({ seen: 8, orphans: 8 })
    expect(await areThere([...kept.keys, lost[0]!, lost.at(-1)!])).toEqual([...Array(6).fill(true), false, false])
  })

  test('two runs at the same time do what one does', async () => {
    const picture = await wholePicture()
    const lost = Array.from({ length: 50 }, () => uploadKey(picture.userId, newId('upload')))
    await Promise.all(lost.map(put))
    await Promise.all([reapOrphans(ctx, tomorrow()), reapOrphans(ctx, tomorrow())])
    expect((await walk(tomorrow())).orphans).toBe(0)
    expect(await areThere([...picture.keys, lost[0]!])).toEqual([...Array(6).fill(true), false])
  })
})

describe('built files that nobody wanted for a month', () => {
  test('go with their rows; younger ones stay', async () => {
    const { imageId, master, variant } = await wholePicture()
    const now = Date.now()
    const unwanted = await variantRow(imageId, variantKey(master, 'tiktok', HASH), now - VARIANT_KEPT_MS - 1)
    await put(unwanted)
    expect((await reapOrphans(ctx, now)).expired).toBe(1)
    expect(await areThere([unwanted, variant])).toEqual([false, true])
    const rows = await db
      .select({ key: exportVariants.objectKey })
      .from(exportVariants)
      .where(eq(exportVariants.imageId, imageId))
    expect(rows).toEqual([{ key: variant }])
  })

  test('the original’s row goes, the picture itself stays', async () => {
    const { imageId, master } = await wholePicture()
    await variantRow(imageId, master, Date.now() - VARIANT_KEPT_MS - 1)
    expect((await reapOrphans(ctx, Date.now())).expired).toBe(1)
    expect(await isThere(master)).toBe(true)
  })

  test('a file whose deletion was cut short is an orphan, which the walk finds', async () => {
    const { imageId, master } = await wholePicture()
    const unwanted = await variantRow(imageId, variantKey(master, 'tiktok', HASH), Date.now() - VARIANT_KEPT_MS - 1)
    await put(unwanted)
    const failing = new Proxy(env.MEDIA, {
      get: (bucket, name) =>
        name === 'delete' ? () => Promise.reject(new Error('R2 is away')) : Reflect.get(bucket, name).bind(bucket),
    })
    const cut = makeCtx({ ...env, MEDIA: failing }, 'test', () => {})
    await expect(reapOrphans(cut, Date.now())).rejects.toThrow('R2 is away')
    expect(await isThere(unwanted)).toBe(true)
    expect((await walk(tomorrow())).orphans).toBe(1)
    expect(await isThere(unwanted)).toBe(false)
  })
})

test('the clock casts this net with the others', async () => {
  const lost = uploadKey(newUser(), newId('upload'))
  await put(lost)
  const { orphans, torn } = await castNets(ctx, Date.now() + 2 * DAY_MS, ['orphans'])
  expect(torn).toEqual([])
  expect(orphans).toMatchObject({ orphans: 1, isWhole: true })
  expect(await isThere(lost)).toBe(false)
})
