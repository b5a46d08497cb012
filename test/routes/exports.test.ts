import { env, exports } from 'cloudflare:workers'
import { crc32 } from 'node:zlib'
import { eq, inArray } from 'drizzle-orm'
import { unzipSync } from 'fflate'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { makeCtx } from '../../src/ctx'
import { generatedPoses } from '../../src/db/tables/generations'
import { exportVariants } from '../../src/db/tables/pictures'
import { LOOKS_PER_MINUTE, openArchive } from '../../src/exports/zip/open-archive'
import { sha256Hex } from '../../src/kernel/hash'
import { newId } from '../../src/kernel/ids'
import { SIGNED_URL_LIFETIME_MS } from '../../src/kernel/limits'
import { attemptsObject, userObject } from '../../src/objects'
import { expectJson, ORIGIN, request, requestAs, signUp } from '../support/app'
import { shotPictures } from '../support/backgrounds'
import {
  askExport,
  type Export,
  exported,
  type ListedExport,
  manifestIn,
  type StartedExport,
  showExport,
} from '../support/exports'
import type { Person } from '../support/people'
import { db } from '../support/rows'
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
  type Page,
  POSES,
  REFUSING,
  resultsOf,
  type Started,
  startShoot,
} from '../support/shoots'
import { errorOf } from '../support/walk'

const DAY_MS = 24 * 3_600_000

/** Somebody with a shoot of two small pictures. */
let sari: Person
let shoot: string
let images: string[]
async function newShoot() {
  sari = await signUp()
  const { generation } = await startShoot(sari, { batchSize: 2 })
  shoot = generation.id
  await ended(sari, shoot)
  images = (await resultsOf(sari, shoot)).items.map(({ id }) => id)
}
afterEach(() => void vi.useRealTimers())

const FORMATS = ['whatsapp_catalog', 'original'] as const
const twoByTwo = (fields: object = {}) => exported(sari, { imageIds: images, formats: FORMATS, ...fields })

const get = (url: string | null, headers: Record<string, string> = {}, method = 'GET') =>
  request(`/${url}`, { headers, method })
async function bytesOf(url: string | null, headers: Record<string, string> = {}): Promise<Uint8Array> {
  const answer = await get(url, headers)
  expect(answer.status).toBeLessThan(300)
  return new Uint8Array(await answer.arrayBuffer())
}
/** Byte for byte: comparing element by element takes seconds. */
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
const issuesOf = async (body: object) => {
  const answer = await askExport(sari, body)
  expect(answer.status).toBe(422)
  return (await errorOf(answer)).issues.map(({ field }) => field)
}
const objectsOf = async (id: string) =>
  (
    await db
      .select()
      .from(exportVariants)
      .where(inArray(exportVariants.imageId, [id]))
  ).map((row) => row.objectKey)
const pictureFile = async (id: string) =>
  (await db.select().from(exportVariants).where(eq(exportVariants.imageId, id))).find(
    ({ format }) => format === FORMATS[0],
  )!

describe('createExport: a ZIP', () => {
  beforeAll(newShoot)

  test('has every picture in every format, and a manifest that says how each came to be', async () => {
    const { downloadUrl, sizeBytes, files } = await twoByTwo()
    const zip = await bytesOf(downloadUrl)
    expect([files, sizeBytes]).toEqual([4, zip.length])
    const unpacked = unzipSync(zip)
    expect(Object.keys(unpacked)).toEqual([
      'carry-box-at-chest-v0_whatsapp_catalog.jpg',
      'carry-box-at-chest-v0_original.png',
      'carry-box-at-chest-v1_whatsapp_catalog.jpg',
      'carry-box-at-chest-v1_original.png',
      'manifest.json',
    ])
    const manifest = manifestIn(zip)
    expect(manifest.failures).toEqual([])
    expect(manifest.formats.map(({ id, widthPx }) => [id, widthPx])).toEqual([
      ['whatsapp_catalog', 800],
      ['original', null],
    ])
    expect(manifest.pictures.map(({ id }) => id)).toEqual(images)
    for (const picture of manifest.pictures) {
      expect(picture).toMatchObject({ pose: 'carry-box-chest', simulated: true, provider: 'embedded' })
      expect(picture.prompt).toContain('box')
      for (const { name, bytes, crc32: said } of picture.files) {
        expect(unpacked[name]!.length).toBe(bytes)
        expect(crc32(unpacked[name]!).toString(16).padStart(8, '0')).toBe(said)
      }
    }
    const [original] = (await resultsOf(sari, shoot)).items
    const stored = await bytesOf(original!.outputImageUrl)
    expect(isSame(unpacked['carry-box-at-chest-v0_original.png']!, stored)).toBe(true)
  })

  test('costs nothing, not even for somebody without credits, and takes a whole generation by its id', async () => {
    const before = await creditsOf(sari)
    const done = await exported(sari, { generationId: shoot, useCase: 'social_media', name: 'Toko Sari' })
    expect(done).toMatchObject({ status: 'completed', name: 'Toko Sari', picturesDone: 2, percentage: 100, files: 8 })
    expect(done.formats).toEqual(['instagram_story', 'instagram_feed', 'tiktok', 'facebook_post'])
    expect(await creditsOf(sari)).toEqual(before)
  })

  test('speaks Indonesian in its names when its owner does', async () => {
    const headers = { 'idempotency-key': newKey(), 'accept-language': 'id', prefer: 'wait=30' }
    const json = { imageIds: images.slice(0, 1), formats: ['original'] }
    const { export: done } = await expectJson<StartedExport>(
      requestAs(sari, `${GENERATOR}/exports`, { json, headers }),
      202,
    )
    expect(done.status).toBe('completed')
    expect(Object.keys(unzipSync(await bytesOf(done.downloadUrl)))[0]).toMatch(/^[a-z-]*kotak[a-z-]*-v0_original\.png$/)
  })

  test('names pictures that words described after those words', async () => {
    const budi = await signUp()
    const { id: projectId } = await newProject(budi)
    const described = { projectId, generationType: 'TEXT_DESCRIPTION', textPrompt: 'Holding a box, smiling' }
    const body = { ...described, variationCount: 2, width: 256, height: 256 }
    const { generation } = await expectJson<Started>(generate(budi, body), 202)
    await ended(budi, generation.id)
    const { downloadUrl } = await exported(budi, { generationId: generation.id, formats: ['original'] })
    expect(Object.keys(unzipSync(await bytesOf(downloadUrl)))).toEqual([
      'holding-a-box-smiling-v0_original.png',
      'holding-a-box-smiling-v1_original.png',
      'manifest.json',
    ])
  })

  test('keeps pictures of one pose from two shoots apart', async () => {
    const { generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const [other] = (await resultsOf(sari, generation.id)).items
    const { downloadUrl } = await exported(sari, { imageIds: [images[0], other!.id], formats: ['original'] })
    expect(Object.keys(unzipSync(await bytesOf(downloadUrl)))).toEqual([
      'carry-box-at-chest-v0_original.png',
      'carry-box-at-chest-v0-2_original.png',
      'manifest.json',
    ])
  })

  test('tells nothing of the recipe when its owner does not want that, and of the AI all the same', async () => {
    const { downloadUrl } = await twoByTwo({ includeRecipe: false })
    const manifest = manifestIn(await bytesOf(downloadUrl))
    expect(manifest.digitalSourceType).toMatch(/trainedAlgorithmicMedia$/)
    expect(JSON.stringify(manifest)).not.toMatch(/"(prompt|seed|model|provider)"/)
    expect(manifest.pictures).toMatchObject([{ simulated: true }, { simulated: true }])
  })

  test('is the same byte for byte at every download, is a download, and is kept by nobody on the way', async () => {
    const { downloadUrl } = await twoByTwo({ name: 'Kotak téh' })
    const [first, second] = await Promise.all([get(downloadUrl), get(downloadUrl)])
    expect(first.headers.get('content-disposition')).toBe(
      `attachment; filename="kotak-teh.zip"; filename*=UTF-8''Kotak%20t%C3%A9h.zip`,
    )
    expect(first.headers.get('content-type')).toBe('application/zip')
    expect(first.headers.get('cache-control')).toBe('private, no-store')
    expect(first.headers.get('x-content-type-options')).toBe('nosniff')
    expect(first.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/)
    expect(second.headers.get('etag')).toBe(first.headers.get('etag'))
    const length = Number(first.headers.get('content-length'))
    const [bytes, same] = await Promise.all([first.arrayBuffer(), second.arrayBuffer()])
    expect(bytes.byteLength).toBe(length)
    expect(isSame(new Uint8Array(same), new Uint8Array(bytes))).toBe(true)
  })
})

describe('showArchive: a broken download', () => {
  let done: Export
  let whole: Uint8Array
  beforeAll(async () => {
    await newShoot()
    done = await twoByTwo()
    whole = await bytesOf(done.downloadUrl)
  })

  test('goes on wherever it stopped', async () => {
    const { length } = whole
    const cuts = [0, 1, 29, 30, 31, length >> 2, length >> 1, length - 23, length - 22, length - 1]
    for (let i = 0; i < 20; i++) cuts.push(Math.floor((length * (i + 0.37)) / 20))
    for (const from of cuts) {
      const answer = await get(done.downloadUrl, { range: `bytes=${from}-` })
      expect(answer.status).toBe(206)
      expect(answer.headers.get('content-range')).toBe(`bytes ${from}-${length - 1}/${length}`)
      expect(answer.headers.get('content-length')).toBe(String(length - from))
      expect(isSame(new Uint8Array(await answer.arrayBuffer()), whole.subarray(from)), `from ${from}`).toBe(true)
    }
  })

  test('can be fetched in parts of any size, also from its end', async () => {
    for (const [from, to] of [
      [0, 1],
      [0, 40],
      [20, 5_000],
      [whole.length - 700, whole.length - 600],
      [7, 60_000],
    ] as const)
      expect(
        isSame(await bytesOf(done.downloadUrl, { range: `bytes=${from}-${to - 1}` }), whole.subarray(from, to)),
      ).toBe(true)
    expect(isSame(await bytesOf(done.downloadUrl, { range: 'bytes=-100' }), whole.subarray(-100))).toBe(true)
  })

  test('starts over when it is of another archive', async () => {
    const { headers } = await get(done.downloadUrl, {}, 'HEAD')
    const range = 'bytes=100-'
    expect((await get(done.downloadUrl, { range, 'if-range': headers.get('etag')! })).status).toBe(206)
    const answer = await get(done.downloadUrl, { range, 'if-range': '"another"' })
    expect(answer.status).toBe(200)
    expect(isSame(new Uint8Array(await answer.arrayBuffer()), whole)).toBe(true)
  })

  test('that has all of it is told so', async () => {
    const answer = await get(done.downloadUrl, { range: `bytes=${whole.length}-` })
    expect(answer.headers.get('content-range')).toBe(`bytes */${whole.length}`)
    expect(await errorOf(answer)).toMatchObject({ statusCode: 416, code: 'RANGE_NOT_SATISFIABLE' })
  })

  test('may ask how long it is before it begins', async () => {
    const { status, headers, body } = await get(done.downloadUrl, { range: 'bytes=5-9' }, 'HEAD')
    expect([status, body]).toEqual([200, null])
    expect(headers.get('content-length')).toBe(String(whole.length))
    expect(headers.get('accept-ranges')).toBe('bytes')
  })

  test('that its client gave up takes nothing with it', async () => {
    const { body } = await get(done.downloadUrl)
    const reader = body!.getReader()
    await reader.read()
    await reader.cancel()
    expect(isSame(await bytesOf(done.downloadUrl), whole)).toBe(true)
  })

  test('in a thousand little parts is for who waits: laying an archive out costs the same for one byte of it', async () => {
    const { downloadUrl } = await twoByTwo()
    const counter = attemptsObject(env, await sha256Hex(`archives\n${sari.user.id}`))
    for (let n = 0; n < LOOKS_PER_MINUTE; n++) await counter.takeSlot({ max: LOOKS_PER_MINUTE, windowMs: 60_000 })
    const refused = await get(downloadUrl, { range: 'bytes=0-0' })
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await errorOf(refused)).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'archiveLooksPerMinute', max: LOOKS_PER_MINUTE, remaining: 0 },
    })
  })
})

describe('files that are lost', () => {
  beforeEach(newShoot)

  test('cut the download off, and the next one has them again, byte for byte', async () => {
    const { downloadUrl } = await twoByTwo()
    const answer = await get(downloadUrl)
    const etag = answer.headers.get('etag')
    const whole = new Uint8Array(await answer.arrayBuffer())
    await env.MEDIA.delete((await pictureFile(images[1]!)).objectKey)
    const cut = await get(downloadUrl)
    expect(cut.headers.get('content-length')).toBe(String(whole.length))
    await expect(cut.arrayBuffer()).rejects.toThrow()
    await vi.waitUntil(async () => (await objectsOf(images[1]!)).length === 1)
    const mended = await get(downloadUrl)
    expect(mended.headers.get('etag')).toBe(etag)
    expect(isSame(new Uint8Array(await mended.arrayBuffer()), whole)).toBe(true)
  })

  test('and were deleted with their rows are made again', async () => {
    const done = await twoByTwo()
    const whole = await bytesOf(done.downloadUrl)
    await env.MEDIA.delete((await pictureFile(images[0]!)).objectKey)
    await db.delete(exportVariants).where(inArray(exportVariants.imageId, images))
    expect(await showExport(sari, done.id)).toMatchObject({ status: 'completed', sizeBytes: whole.length, files: 4 })
    expect(isSame(await bytesOf(done.downloadUrl), whole)).toBe(true)
  })

  test('with their pictures leave the archive, and the manifest says so', async () => {
    const done = await twoByTwo()
    await db.delete(generatedPoses).where(eq(generatedPoses.id, images[0]!))
    const zip = await bytesOf(done.downloadUrl)
    expect(Object.keys(unzipSync(zip))).toHaveLength(3)
    expect(manifestIn(zip).failures).toEqual([
      { picture: images[0], name: 'carry-box-at-chest-v0', format: null, code: 'PICTURE_GONE' },
    ])
  })

  test('with all their pictures end the export, and nobody can read their prompts any more', async () => {
    const done = await twoByTwo()
    await bytesOf(done.downloadUrl)
    const kept = () => env.MEDIA.list({ prefix: `u/${sari.user.id}/${done.id}/` })
    expect((await kept()).objects).toHaveLength(1)
    await db.delete(generatedPoses).where(inArray(generatedPoses.id, images))
    expect(await showExport(sari, done.id)).toMatchObject({ status: 'expired', downloadUrl: null, sizeBytes: null })
    expect((await kept()).objects).toHaveLength(0)
    const answer = await requestAs(sari, `${GENERATOR}/exports/${done.id}/download`)
    expect(await errorOf(answer)).toMatchObject({ code: 'CONFLICT', details: { status: 'expired' } })
    expect(await errorOf(await get(done.downloadUrl))).toMatchObject({ code: 'CONFLICT' })
  })

  test('of many pictures are not built while somebody waits: long after its end the export has expired', async () => {
    const budi = await signUp()
    const { generation } = await startShoot(budi, { batchSize: 3, selectedPoseIds: POSES.slice(0, 3) })
    await ended(budi, generation.id)
    const done = await exported(budi, { generationId: generation.id, formats: ['original'] })
    expect(done).toMatchObject({ status: 'completed', files: 9 })
    const ids = (await resultsOf(budi, generation.id)).items.map(({ id }) => id)
    await db.delete(exportVariants).where(inArray(exportVariants.imageId, ids))
    const later = { ...makeCtx(env, 'expired', () => {}), now: () => Date.now() + 2 * DAY_MS }
    expect(await openArchive(later, budi.user.id, done.id)).toBe('expired')
    const again = await exported(budi, { generationId: generation.id, formats: ['original'] })
    expect(again).toMatchObject({ status: 'completed', files: 9 })
  }, 30_000)
})

describe('cancelExport and what else may be asked while it runs', () => {
  beforeEach(newShoot)

  test('there is no ZIP yet, and its owner may call it off', async () => {
    await holdQueue(sari)
    const { export: started, links } = await expectJson<StartedExport>(
      askExport(sari, { imageIds: images, formats: FORMATS }),
      202,
    )
    expect(started).toMatchObject({
      status: 'pending',
      picturesTotal: 2,
      percentage: 0,
      files: null,
      downloadUrl: null,
    })
    const tooEarly = await errorOf(await requestAs(sari, `/${links.download}`))
    expect(tooEarly).toMatchObject({ code: 'CONFLICT', details: { status: 'running' } })
    await deliver(sari, started.id, [0])
    expect(await showExport(sari, started.id)).toMatchObject({ status: 'processing', picturesDone: 1, percentage: 50 })
    for (const _ of ['once', 'twice']) {
      const answer = await requestAs(sari, `/${links.cancel}`, { method: 'POST' })
      const { export: cancelled } = await expectJson<StartedExport>(answer, 200)
      expect(cancelled).toMatchObject({ status: 'cancelled', picturesDone: 1, picturesCancelled: 1, downloadUrl: null })
    }
    const tooLate = await errorOf(await requestAs(sari, `/${links.download}`))
    expect(tooLate).toMatchObject({ code: 'CONFLICT', details: { status: 'cancelled' } })
  })

  test('a picture that goes away is missing in the ZIP and named in its manifest', async () => {
    await holdQueue(sari)
    const { export: started } = await expectJson<StartedExport>(
      askExport(sari, { imageIds: images, formats: FORMATS }),
      202,
    )
    await db.delete(generatedPoses).where(eq(generatedPoses.id, images[1]!))
    await deliver(sari, started.id, [0, 1])
    const done = await showExport(sari, started.id)
    expect(done).toMatchObject({ status: 'partial', picturesDone: 1, picturesFailed: 1, files: 2 })
    expect(manifestIn(await bytesOf(done.downloadUrl)).failures).toEqual([
      { picture: images[1], name: 'carry-box-at-chest-v1', format: null, code: 'PICTURE_GONE' },
    ])
  })

  test('without a picture left it has failed, and there is nothing to download', async () => {
    await holdQueue(sari)
    const { export: started, links } = await expectJson<StartedExport>(
      askExport(sari, { imageIds: images, formats: FORMATS }),
      202,
    )
    await db.delete(generatedPoses).where(inArray(generatedPoses.id, images))
    await deliver(sari, started.id, [0, 1])
    expect(await showExport(sari, started.id)).toMatchObject({ status: 'failed', files: null, downloadUrl: null })
    expect(await errorOf(await requestAs(sari, `/${links.download}`))).toMatchObject({ code: 'CONFLICT' })
  })
})

describe('who may have it', () => {
  beforeAll(newShoot)

  test('its owner is led to a link that needs no token, for 15 minutes at most', async () => {
    const { id } = await twoByTwo()
    const answer = await exports.default.fetch(
      new Request(`${ORIGIN}/api/v1${GENERATOR}/exports/${id}/download`, {
        headers: { authorization: `Bearer ${sari.accessToken}` },
        redirect: 'manual',
      }),
    )
    expect(answer.status).toBe(302)
    const link = answer.headers.get('location')
    expect((await bytesOf(link)).length).toBeGreaterThan(1_000)
    vi.useFakeTimers({ now: Date.now() + SIGNED_URL_LIFETIME_MS, toFake: ['Date'] })
    const late = await errorOf(await get(link))
    expect(late).toMatchObject({ code: 'FORBIDDEN', details: { reason: expect.stringContaining('has run out') } })
  })

  test('nobody with a link that was changed', async () => {
    const { downloadUrl } = await twoByTwo()
    const changes = { user: newId('user'), exp: String(Date.now() + 60_000), sig: 'x'.repeat(43) }
    for (const [name, value] of Object.entries(changes)) {
      const url = new URL(downloadUrl!, ORIGIN)
      url.searchParams.set(name, value)
      expect(await errorOf(await get(url.pathname + url.search)), name).toMatchObject({ code: 'FORBIDDEN' })
    }
    const other = downloadUrl!.replace(/exp_[^?]+/, newId('export'))
    expect(await errorOf(await get(other))).toMatchObject({ code: 'FORBIDDEN' })
  })

  test('nobody else: neither the export nor pictures that are not theirs', async () => {
    const { id } = await twoByTwo()
    const budi = await signUp()
    for (const path of [`/exports/${id}`, `/exports/${id}/download`])
      expect((await requestAs(budi, GENERATOR + path)).status).toBe(404)
    const own = await startShoot(budi)
    await ended(budi, own.generation.id)
    const [picture] = (await resultsOf(budi, own.generation.id)).items
    const mixed = await askExport(budi, { imageIds: [picture!.id, images[0]], formats: FORMATS })
    expect(await errorOf(mixed)).toMatchObject({ code: 'NOT_FOUND', details: { field: 'imageIds.1' } })
    const whole = await askExport(budi, { generationId: shoot, formats: FORMATS })
    expect(await errorOf(whole)).toMatchObject({ code: 'NOT_FOUND', details: { field: 'generationId' } })
  })

  test('a list shows its owner alone what there is, newest first, in pages', async () => {
    await newShoot()
    const first = await twoByTwo()
    const second = await exported(sari, { imageIds: images.slice(0, 1), formats: ['original'] })
    const list = (query = '') => expectJson<Page<ListedExport>>(requestAs(sari, `${GENERATOR}/exports${query}`), 200)
    await vi.waitUntil(
      async () => (await list()).items.every(({ endedAt }) => endedAt) && (await list()).items.length === 2,
    )
    expect((await list()).items.map(({ id, status, picturesTotal }) => [id, status, picturesTotal])).toEqual([
      [second.id, 'completed', 1],
      [first.id, 'completed', 2],
    ])
    const { items, page } = await list('?limit=1')
    expect(items.map(({ id }) => id)).toEqual([second.id])
    expect((await list(`?limit=1&cursor=${page.nextCursor}`)).items.map(({ id }) => id)).toEqual([first.id])
    const nobody = await signUp()
    expect((await expectJson<Page<ListedExport>>(requestAs(nobody, `${GENERATOR}/exports`), 200)).items).toEqual([])
  })
})

describe('what cannot be asked', () => {
  beforeAll(newShoot)

  test('each field that makes no sense is named', async () => {
    expect(await issuesOf({})).toEqual(['imageIds', 'formats'])
    expect(await issuesOf({ imageIds: images, generationId: shoot, formats: FORMATS })).toEqual(['generationId'])
    expect(await issuesOf({ imageIds: images, formats: FORMATS, useCase: 'print' })).toEqual(['useCase'])
    expect(await issuesOf({ imageIds: [], formats: FORMATS })).toEqual(['imageIds'])
    expect(await issuesOf({ imageIds: [images[0], images[0]], formats: FORMATS })).toEqual(['imageIds'])
    expect(await issuesOf({ imageIds: images, formats: ['shopee', 'shopee_product'] })).toEqual(['formats'])
    expect(await issuesOf({ imageIds: images, formats: ['polaroid'] })).toEqual(['formats.0'])
    expect(await issuesOf({ imageIds: images, useCase: 'everything' })).toEqual(['useCase'])
    const many = Array.from({ length: 501 }, () => newId('image'))
    expect(await issuesOf({ imageIds: many, formats: FORMATS })).toEqual(['imageIds'])
  })

  test('pictures that were never delivered, or a generation that has none', async () => {
    await newShoot()
    await holdQueue(sari)
    const { id: projectId } = await newProject(sari)
    const { generation } = await expectJson<{ generation: { id: string } }>(
      generate(sari, oneSmallPicture(projectId)),
      202,
    )
    const early = await askExport(sari, { generationId: generation.id, formats: FORMATS })
    expect(await errorOf(early)).toMatchObject({ code: 'CONFLICT', details: { field: 'generationId' } })
    await deliver(sari, generation.id, [0], REFUSING)
    const [refused] = (await resultsOf(sari, generation.id)).items
    expect(refused!.status).toBe('failed')
    const late = await askExport(sari, { imageIds: [refused!.id], formats: FORMATS })
    expect(await errorOf(late)).toMatchObject({ code: 'NOT_FOUND', details: { field: 'imageIds.0' } })
  })

  test('an export is of no project: to the lists of older code it is no generation, and no project waits for it', async () => {
    const sari = await signUp()
    const { picture, generation } = await shotPictures(sari)
    await holdQueue(sari)
    const body = { imageIds: [picture.id], formats: ['shopee_product'] }
    const started = await expectJson<StartedExport>(askExport(sari, body), 202)
    expect(await userObject(env, sari.user.id).job(started.export.id)).toMatchObject({ projectId: '' })
    const { projectId } = (await userObject(env, sari.user.id).job(generation.id))!
    expect((await requestAs(sari, `${GENERATOR}/projects/${projectId}`, { method: 'DELETE' })).status).toBe(204)
  })

  test('the same key gives the same export, and another body under it is refused', async () => {
    const body = { imageIds: images, formats: FORMATS }
    const first = await askExport(sari, body, 'once')
    const again = await askExport(sari, body, 'once')
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    const [{ export: one }, { export: same }] = await Promise.all([
      expectJson<StartedExport>(first, 202),
      expectJson<StartedExport>(again, 202),
    ])
    expect(same.id).toBe(one.id)
    const other = await askExport(sari, { ...body, fill: 'white' }, 'once')
    expect(await errorOf(other)).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('more than ten exports in a minute', async () => {
    await newShoot()
    await holdQueue(sari)
    const ask = () => askExport(sari, { imageIds: images, formats: ['original'] })
    for (let i = 0; i < 10; i++) {
      const { status, headers } = await ask()
      expect([status, headers.get('ratelimit-remaining')]).toEqual([202, String(5_000 - 2 * (i + 1))])
    }
    const answer = await ask()
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await errorOf(answer)).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'exportsPerMinute', max: 10 },
    })
  })
})
