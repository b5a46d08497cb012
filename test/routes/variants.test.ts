import { env } from 'cloudflare:workers'
import { crc32 } from 'node:zlib'
import { asc, eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { generatedPoses } from '../../src/db/tables/generations'
import { exportVariants, pictureBackgrounds } from '../../src/db/tables/pictures'
import { BUILDS_PER_MINUTE } from '../../src/exports/ensure-variant'
import { FORMATS } from '../../src/exports/formats'
import { oneAtATime } from '../../src/exports/one-at-a-time'
import { FORMAT_IDS, type FormatId, type ImageType } from '../../src/exports/types'
import { MAX_VARIANTS_PER_PICTURE } from '../../src/exports/variants-rows'
import { backgroundKey, backgroundThumbnailKey } from '../../src/generations/object-keys'
import { sha256Hex } from '../../src/kernel/hash'
import { newId } from '../../src/kernel/ids'
import { attemptsObject } from '../../src/objects'
import { readProvenance } from '../../src/provenance/mark'
import { readHeader } from '../../src/uploads/header'
import { sniffType } from '../../src/uploads/sniff'
import { expectErrors } from '../setup'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, generationRow, pictureRow, projectRow } from '../support/rows'
import { ended, GENERATOR, requestIn, resultsOf, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type File = {
  format: FormatId
  url: string
  width: number
  height: number
  sizeBytes: number
  contentType: string
  dpi: number | null
  isEnlarged: boolean
  isPadded: boolean
  keeps: string
  quality: number | null
  wasBuilt: boolean
}
type Listed = Partial<File> & { format: FormatId; isBuilt: boolean; estimatedBytes?: number | null }

let sari: Person
let imageId: string
let generationId: string
beforeEach(async () => {
  sari = await signUp()
  const { generation } = await startShoot(sari)
  generationId = generation.id
  await ended(sari, generationId)
  imageId = (await resultsOf(sari, generationId)).items[0]!.id
})

const pathTo = (format: string, id = imageId) => `${GENERATOR}/poses/${id}/exports/${format}`
const ask = (format: string, query = ''): Promise<File> => expectJson(requestAs(sari, `${pathTo(format)}${query}`), 200)

async function bytesAt(url: string) {
  const answer = await request(`/${url}`)
  expect(answer.status).toBe(200)
  return new Uint8Array(await answer.arrayBuffer())
}

const rows = () => db.select().from(exportVariants).where(eq(exportVariants.imageId, imageId))
const pictureOf = async () => (await db.select().from(generatedPoses).where(eq(generatedPoses.id, imageId)))[0]!
const objectKeys = async () =>
  (await env.MEDIA.list({ prefix: `u/${sari.user.id}/${generationId}/` })).objects.map(({ key }) => key)
const exportsOf = async () => {
  const [picture] = (await resultsOf(sari, generationId)).items
  return (picture as unknown as { exports: Record<string, string> }).exports
}

describe('a file of a picture', () => {
  test('has in every format the pixels and the type that its table promises', async () => {
    for (const format of FORMAT_IDS) {
      const file = await ask(format)
      const bytes = await bytesAt(file.url)
      const kind = sniffType(bytes)!
      const { widthPx, heightPx, type, dpi } = FORMATS[format]
      const size = { width: widthPx ?? 256, height: heightPx ?? 256 }
      expect(readHeader(bytes, kind), format).toMatchObject(size)
      expect({ ...file, kind: `image/${kind}` }, format).toMatchObject({
        ...{ format, ...size, contentType: type, kind: type, dpi, sizeBytes: bytes.length },
        ...{ keeps: 'body', wasBuilt: true, isEnlarged: format !== 'original' },
      })
    }
    for (const row of await rows()) {
      const object = await env.MEDIA.get(row.objectKey)
      const bytes = new Uint8Array(await object!.arrayBuffer())
      expect([row.format, row.sizeBytes, row.crc32]).toEqual([row.format, bytes.length, crc32(bytes)])
      expect(object?.httpMetadata?.contentType).toBe(row.contentType)
    }
    expect(await rows()).toHaveLength(FORMAT_IDS.length)
  }, 30_000)

  test('is made once; who asks again gets the same', async () => {
    const first = await ask('shopee_product')
    const second = await ask('shopee_product')
    expect([first.wasBuilt, second.wasBuilt]).toEqual([true, false])
    expect({ ...second, wasBuilt: true }).toEqual(first)
    expect(await rows()).toHaveLength(1)
  })

  test('has a short name too', async () => {
    expect(await ask('Shopee')).toMatchObject({ format: 'shopee_product', wasBuilt: true })
    expect(await ask('shopee_product')).toMatchObject({ wasBuilt: false })
  })

  test('in a format that nobody knows is refused by name', async () => {
    const answer = await requestAs(sari, pathTo('polaroid'))
    expect(answer.status).toBe(422)
    expect((await errorOf(answer)).issues).toEqual([{ field: 'format', rule: 'must be a format of GET /formats' }])
  })

  test('is another one with another fill, and each is kept', async () => {
    const urls = new Set<string>()
    for (const fill of ['sampled', 'blurred', 'white']) urls.add((await ask('facebook_post', `?fill=${fill}`)).url)
    expect(urls.size).toBe(3)
    expect(await ask('facebook_post', '?fill=blurred')).toMatchObject({ wasBuilt: false })
  })

  test('without the recipe does not name its picture, and says all the same that AI made it', async () => {
    for (const format of ['whatsapp_catalog', 'original', 'website_hero']) {
      const told = await ask(format)
      const silent = await ask(format, '?recipe=false')
      const read = async ({ url, contentType }: File) => readProvenance(await bytesAt(url), contentType as ImageType)
      expect(await read(told), format).toMatchObject({ recipeId: imageId, isMarkedAsAi: true, simulated: true })
      expect(await read(silent), format).toMatchObject({ recipeId: null, isMarkedAsAi: true, simulated: true })
    }
  })

  test('that is the original is the stored file itself, with no copy of it', async () => {
    const before = await objectKeys()
    const file = await ask('original')
    const [picture] = (await resultsOf(sari, generationId)).items
    expect(await bytesAt(file.url)).toEqual(await bytesAt(picture!.outputImageUrl!))
    expect(await objectKeys()).toEqual(before)
    expect(await ask('original', '?fill=white')).toMatchObject({ wasBuilt: false, url: file.url })
  })

  test('of a picture from before figures were kept still holds the whole person', async () => {
    await db.update(generatedPoses).set({ figures: null }).where(eq(generatedPoses.id, imageId))
    expect(await ask('instagram_story')).toMatchObject({ keeps: 'body' })
    await db.update(generatedPoses).set({ poseId: null }).where(eq(generatedPoses.id, imageId))
    expect(await ask('instagram_feed')).toMatchObject({ keeps: 'nothing' })
  })
})

describe('what was lost is made again', () => {
  test('a file whose object is gone', async () => {
    const first = await ask('tokopedia_product')
    const [row] = await rows()
    await env.MEDIA.delete(row!.objectKey)
    const second = await ask('tokopedia_product')
    expect({ ...second, wasBuilt: false }).toEqual({ ...first, wasBuilt: false })
    expect(second.wasBuilt).toBe(true)
    expect(await rows()).toHaveLength(1)
    expect((await bytesAt(second.url)).length).toBe(first.sizeBytes)
  })

  test('a file whose object was cut short', async () => {
    await ask('tokopedia_product')
    const [row] = await rows()
    await env.MEDIA.put(row!.objectKey, new Uint8Array(10))
    expect(await ask('tokopedia_product')).toMatchObject({ wasBuilt: true })
  })

  test('a file that R2 did not take leaves no row, and the next request makes it', async () => {
    vi.spyOn(env.MEDIA, 'put').mockRejectedValueOnce(new Error('R2 is away'))
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    expect((await requestIn({}, pathTo('whatsapp_catalog'), { headers })).status).toBe(500)
    expect(expectErrors()).toHaveLength(1)
    expect(await rows()).toEqual([])
    expect(await ask('whatsapp_catalog')).toMatchObject({ wasBuilt: true })
  })

  test('but a picture whose own file is gone is not there, and somebody is told', async () => {
    await env.MEDIA.delete((await pictureOf()).outputKey)
    const answer = await requestAs(sari, pathTo('whatsapp_catalog'))
    expect((await errorOf(answer)).code).toBe('NOT_FOUND')
    expect(String(expectErrors())).toContain('master_missing')
  })

  test('and a picture that cannot be read is said to be unusable', async () => {
    await env.MEDIA.put((await pictureOf()).outputKey, new TextEncoder().encode('no picture'))
    const answer = await requestAs(sari, pathTo('whatsapp_catalog'))
    expect(await errorOf(answer)).toMatchObject({
      code: 'INVALID_IMAGE',
      details: { format: 'whatsapp_catalog', reason: 'UNUSABLE_PICTURE' },
    })
  })
})

test('twelve who ask at once get one file, made once', async () => {
  const files = await Promise.all(Array.from({ length: 12 }, () => ask('instagram_feed')))
  expect(new Set(files.map(({ url }) => url)).size).toBe(1)
  expect(files.filter(({ wasBuilt }) => wasBuilt)).toHaveLength(1)
  expect(await rows()).toHaveLength(1)
})

test('a picture that was never paid for has no files, whatever its row says', async () => {
  const projectId = await projectRow(sari.user.id)
  const id = await pictureRow(sari.user.id, await generationRow(sari.user.id, projectId))
  expect((await requestAs(sari, pathTo('original', id))).status).toBe(404)
  expect((await requestAs(sari, `${GENERATOR}/poses/${id}/exports`)).status).toBe(404)
})

describe('limits', () => {
  test('who had so many files made in a minute waits; what is there is not counted', async () => {
    await ask('whatsapp_catalog')
    const counter = attemptsObject(env, await sha256Hex(`builds\n${sari.user.id}`))
    for (let n = 1; n < BUILDS_PER_MINUTE; n++) await counter.takeSlot({ max: BUILDS_PER_MINUTE, windowMs: 60_000 })
    const refused = await requestAs(sari, pathTo('instagram_feed'))
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
    expect(await errorOf(refused)).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'buildsPerMinute', max: BUILDS_PER_MINUTE, remaining: 0 },
    })
    expect(await ask('whatsapp_catalog')).toMatchObject({ wasBuilt: false })
    expect(await rows()).toHaveLength(1)
  })

  test('when too many build already, who asks is told when to come back, and what is there is still to be had', async () => {
    await ask('whatsapp_catalog')
    let letGo = () => {}
    const gate = new Promise<void>((resolve) => {
      letGo = resolve
    })
    // One at work, and as many as may wait behind it.
    const others = Array.from({ length: 17 }, () => oneAtATime(() => gate))
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    const refused = await requestIn({}, pathTo('instagram_feed'), { headers })
    const kept = await requestIn({}, pathTo('whatsapp_catalog'), { headers })
    letGo()
    await Promise.all(others)
    expect([refused.status, refused.headers.get('retry-after'), kept.status]).toEqual([503, '5', 200])
    expect(await ask('instagram_feed')).toMatchObject({ wasBuilt: true })
  })

  test('a picture keeps its newest files; the oldest go with their objects, a master never', async () => {
    await ask('original')
    await ask('whatsapp_catalog')
    const [master, catalog] = await Promise.all(
      ['original', 'whatsapp_catalog'].map(async (format) => (await rows()).find((row) => row.format === format)!),
    )
    await db.update(exportVariants).set({ createdAt: 1 }).where(eq(exportVariants.imageId, imageId))
    for (let n = 0; n < MAX_VARIANTS_PER_PICTURE - 1; n++)
      await db
        .insert(exportVariants)
        .values({ ...catalog!, id: newId('variant'), recipeHash: `other-${n}`, createdAt: 2 })
    await ask('instagram_feed')
    await vi.waitFor(async () => expect(await rows()).toHaveLength(MAX_VARIANTS_PER_PICTURE))
    const kept = await db
      .select()
      .from(exportVariants)
      .where(eq(exportVariants.imageId, imageId))
      .orderBy(asc(exportVariants.createdAt))
    expect(kept.map(({ id }) => id)).not.toContain(master!.id)
    expect(kept.map(({ id }) => id)).not.toContain(catalog!.id)
    expect(kept.at(-1)).toMatchObject({ format: 'instagram_feed' })
    await vi.waitFor(async () => expect(await objectKeys()).not.toContain(catalog!.objectKey))
    expect(await objectKeys()).toContain(master!.objectKey)
  })

  test('a file that is wanted does not grow old', async () => {
    await ask('whatsapp_catalog')
    const made = Date.now() - 20 * 24 * 3_600_000
    await db.update(exportVariants).set({ createdAt: made }).where(eq(exportVariants.imageId, imageId))
    expect(await ask('whatsapp_catalog')).toMatchObject({ wasBuilt: false })
    expect((await rows())[0]!.createdAt).toBeGreaterThan(Date.now() - 60_000)
  })
})

test('the list tells of every format whether it is there', async () => {
  const list = async (query = '') =>
    (await expectJson<{ items: Listed[] }>(requestAs(sari, `${GENERATOR}/poses/${imageId}/exports${query}`), 200)).items
  const before = await list()
  expect(before.map(({ format }) => format)).toEqual([...FORMAT_IDS])
  expect(before.filter(({ isBuilt, url }) => isBuilt || url !== undefined)).toEqual([])
  const { wasBuilt: _, ...file } = await ask('print_4x6')
  const after = await list()
  expect(after.filter(({ isBuilt }) => isBuilt)).toEqual([{ ...file, isBuilt: true }])
  expect(after.find(({ format }) => format === 'print_a4')).toMatchObject({
    ...{ isBuilt: false, width: 2480, height: 3508, dpi: 300, isEnlarged: true, contentType: 'image/png' },
  })
  expect((await list('?fill=white')).filter(({ isBuilt }) => isBuilt)).toEqual([])
})

test('the list says how large the files would be, to a few per cent, for who asks that', async () => {
  const estimates = async (query = '') => {
    const path = `${GENERATOR}/poses/${imageId}/exports${query}`
    const { items } = await expectJson<{ items: Listed[] }>(requestAs(sari, path), 200)
    return items.map(({ format, estimatedBytes }) => [format, estimatedBytes] as const)
  }
  for (const [format, bytes] of await estimates()) expect([format, bytes]).toEqual([format, null])
  const told = await estimates('?estimate=true')
  expect(told).toHaveLength(FORMAT_IDS.length)
  for (const [format, bytes] of told) {
    if (format !== 'original' && !format.endsWith('_product') && format !== 'website_hero') continue
    const { sizeBytes } = await ask(format)
    expect(Math.abs(bytes! / sizeBytes - 1), `${format}: ${bytes} of ${sizeBytes}`).toBeLessThan(0.15)
  }
  expect((await estimates('?estimate=true')).filter(([, bytes]) => bytes === undefined)).toHaveLength(5)
}, 30_000)

test('the list of a picture whose file is gone or broken says so when sizes are asked for', async () => {
  const { outputKey } = await pictureOf()
  const path = `${GENERATOR}/poses/${imageId}/exports?estimate=true`
  await env.MEDIA.put(outputKey, 'no picture')
  expect((await errorOf(await requestAs(sari, path))).code).toBe('INVALID_IMAGE')
  await env.MEDIA.delete(outputKey)
  expect((await errorOf(await requestAs(sari, path))).code).toBe('NOT_FOUND')
  expect(String(expectErrors())).toContain('master_missing')
})

describe('the background that a picture is shown with', () => {
  /** Another background of the picture: the same pixels, under a key of its own. */
  async function otherBackground(): Promise<string> {
    const { outputKey, generationId, position } = await pictureOf()
    const id = newId('background')
    const master = new Uint8Array(await (await env.MEDIA.get(outputKey))!.arrayBuffer())
    await env.MEDIA.put(backgroundKey(outputKey, id), master, { httpMetadata: { contentType: 'image/png' } })
    await db.insert(pictureBackgrounds).values({
      ...{
        id,
        imageId,
        wishHash: id,
        mode: 'solid_color',
        wish: { mode: 'solid_color', color: '#FFFFFF', shadow: true },
      },
      ...{ objectKey: backgroundKey(outputKey, id), thumbnailKey: backgroundThumbnailKey(outputKey, id) },
      ...{ sizeBytes: master.length, madeBy: `${generationId}:${position}`, createdAt: 1 },
    })
    return id
  }
  const show = (backgroundId: string | null) =>
    db.update(generatedPoses).set({ backgroundId }).where(eq(generatedPoses.id, imageId))

  test('has files of its own, and those of the other come back with it', async () => {
    const made = await ask('whatsapp_catalog')
    await show(await otherBackground())
    const changed = await ask('whatsapp_catalog')
    expect(changed.wasBuilt).toBe(true)
    expect(changed.url).not.toBe(made.url)
    await show(null)
    expect(await ask('whatsapp_catalog')).toEqual({ ...made, wasBuilt: false })
  })

  test('is what the results link to, and so are the files that were made of it', async () => {
    await ask('whatsapp_catalog')
    const white = await ask('facebook_post', '?fill=white')
    const shown = await exportsOf()
    expect(Object.keys(shown).sort()).toEqual(['original', 'whatsapp_catalog'])
    expect(Object.values(shown)).not.toContain(white.url)
    await show(await otherBackground())
    expect(Object.keys(await exportsOf())).toEqual(['original'])
    const changed = await ask('shopee_product')
    expect(await exportsOf()).toMatchObject({ shopee_product: changed.url })
  })

  test('that is gone leaves nothing to make files of, not even those of another', async () => {
    await otherBackground()
    await show(newId('background'))
    expect((await requestAs(sari, pathTo('whatsapp_catalog'))).status).toBe(404)
    expect(String(expectErrors())).toContain('master_missing')
  })
})
