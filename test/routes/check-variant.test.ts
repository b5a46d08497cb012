import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { generatedPoses } from '../../src/db/tables/generations'
import { exportVariants } from '../../src/db/tables/pictures'
import { CHECKS_PER_MINUTE } from '../../src/exports/routes/check-variant'
import { readProvenance } from '../../src/provenance/mark'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import { endOf, type StartedChange } from '../support/backgrounds'
import type { Person } from '../support/people'
import { db } from '../support/rows'
import { ended, GENERATOR, newKey, type Picture, resultsOf, startShoot } from '../support/shoots'
import { errorOf } from '../support/walk'

type Check = { name: string; passed: boolean | null; found: string; wanted: string; fix: string | null }
type Checked = { format: string; passed: boolean; checks: Check[] }

const check = (who: Person, imageId: string, format: string, headers: Record<string, string> = {}) =>
  requestAs(who, `${GENERATOR}/poses/${imageId}/exports/${format}/check`, { headers })
const checked = async (who: Person, imageId: string, format: string, language = 'en'): Promise<Checked> =>
  expectJson<Checked>(check(who, imageId, format, { 'accept-language': language }), 200)
const named = ({ checks }: Checked, name: string) => checks.find((each) => each.name === name)

async function shoot(person: Person, fields: object = {}): Promise<Picture> {
  const { generation } = await startShoot(person, fields)
  await ended(person, generation.id)
  return (await resultsOf(person, generation.id)).items[0]!
}

let owner: Person
let studio: Picture
let white: Picture
beforeAll(async () => {
  owner = await signUp()
  studio = await shoot(owner)
  white = await shoot(owner, { useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#FFFFFF' })
})

describe('the file of a finished picture', () => {
  test('on white passes for TikTok Shop, point by point, and the seller is reminded of the label', async () => {
    const result = await checked(owner, white.id, 'tiktok_shop')
    expect(result).toMatchObject({ format: 'tiktok_shop', passed: true })
    expect(named(result, 'pixels')).toMatchObject({ passed: true, found: '1080 x 1080 px' })
    expect(named(result, 'type')).toMatchObject({ passed: true, found: 'image/jpeg' })
    expect(named(result, 'bytes')).toMatchObject({ passed: true })
    expect(named(result, 'color')).toMatchObject({ passed: true, found: 'sRGB' })
    expect(named(result, 'ai_mark')).toMatchObject({ passed: true })
    expect(named(result, 'white_background')).toMatchObject({ passed: true, fix: null })
    expect(named(result, 'ai_label')).toMatchObject({ passed: null, found: expect.stringContaining('TikTok Shop') })
  })

  test('on a studio backdrop fails there, and is told the request that makes it white', async () => {
    const result = await checked(owner, studio.id, 'tiktok_shop')
    expect(result.passed).toBe(false)
    expect(result.checks.filter(({ passed }) => passed === false)).toEqual([
      expect.objectContaining({
        name: 'white_background',
        fix: `POST /api/v1${GENERATOR}/poses/${studio.id}/background {"backgroundMode":"solid_color","backgroundColor":"#FFFFFF"}`,
      }),
    ])
  })

  test('passes once that very request was sent', async () => {
    const { id } = await shoot(owner)
    const { fix } = named(await checked(owner, id, 'tiktok_shop'), 'white_background')!
    const [, method, path, body] = /^(\w+) \/api\/v1(\S+) (.+)$/.exec(fix!)!
    const headers = { 'content-type': 'application/json', 'idempotency-key': newKey() }
    const started = await requestAs(owner, path!, { method: method!, body: body!, headers })
    await endOf(owner, (await expectJson<StartedChange>(started, 202)).job.id)
    expect(await checked(owner, id, 'tiktok_shop')).toMatchObject({ passed: true })
  })

  test('knows the person by the keypoints of the pose and says how large they are', async () => {
    const result = await checked(owner, white.id, 'shopee_product')
    const share = /height (\d+)%, width (\d+)%, area (\d+)%/.exec(named(result, 'subject_size')!.found)
    expect(Number(share?.[1])).toBeGreaterThan(40)
    expect(Number(share?.[2])).toBeLessThan(80)
  })

  test('of 256 pixels says how much it is enlarged for print, and that the print has 300 dpi', async () => {
    const result = await checked(owner, studio.id, 'print_4x6')
    expect(named(result, 'dpi')).toMatchObject({ passed: true, found: '300 dpi' })
    expect(named(result, 'enlarged')).toMatchObject({ passed: null, found: expect.stringMatching(/^enlarged \d/) })
    expect(result.checks.map(({ name }) => name)).not.toContain('white_background')
  })

  test('is checked under a short name too, and in Indonesian', async () => {
    const result = await checked(owner, white.id, 'Shopee', 'id')
    expect(result.format).toBe('shopee_product')
    expect(named(result, 'bytes')?.wanted).toBe('paling banyak 2,00 MB')
    expect(named(result, 'ai_label')?.found).toContain('tidak kami temukan')
  })

  test('is built once, however often it is checked', async () => {
    await checked(owner, white.id, 'lazada_product')
    await checked(owner, white.id, 'lazada_product')
    const rows = await db.select().from(exportVariants).where(eq(exportVariants.imageId, white.id))
    expect(rows.filter(({ format }) => format === 'lazada_product')).toHaveLength(1)
  })
})

describe('the mark that AI made it', () => {
  test('is in the stored file: the original is the master, byte for byte, and simulated says so', async () => {
    const result = await checked(owner, studio.id, 'original')
    expect(result).toMatchObject({ format: 'original', passed: true })
    const [row] = await db.select().from(generatedPoses).where(eq(generatedPoses.id, studio.id))
    const object = await env.MEDIA.get(row!.outputKey)
    const bytes = new Uint8Array(await object!.arrayBuffer())
    expect(row!.sizeBytes).toBe(bytes.length)
    expect(readProvenance(bytes, 'image/png')).toMatchObject({
      ...{ isMarkedAsAi: true, recipeId: studio.id, simulated: true, credit: 'Lumiku' },
    })
    const [original] = (await db.select().from(exportVariants).where(eq(exportVariants.imageId, studio.id))).filter(
      ({ format }) => format === 'original',
    )
    expect(original?.objectKey).toBe(row!.outputKey)
  })
})

describe('how often', () => {
  test('somebody who checks without end is told when to come back, and nobody else is', async () => {
    const busy = await signUp()
    const picture = await shoot(busy)
    const answers: Response[] = []
    while (answers.length <= CHECKS_PER_MINUTE) {
      const some = Math.min(10, CHECKS_PER_MINUTE + 1 - answers.length)
      answers.push(...(await Promise.all(Array.from({ length: some }, () => check(busy, picture.id, 'original')))))
    }
    const refused = answers.filter(({ status }) => status !== 200)
    expect(refused).toHaveLength(1)
    expect(await errorOf(refused[0]!)).toMatchObject({ statusCode: 429, code: 'RATE_LIMITED' })
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await check(owner, white.id, 'original')).status).toBe(200)
  }, 30_000)
})

describe('what cannot be checked', () => {
  test('somebody else’s picture is not there', async () => {
    expect(await errorOf(await check(await signUp(), studio.id, 'shopee_product'))).toMatchObject({
      statusCode: 404,
      code: 'NOT_FOUND',
    })
  })

  test('a format that nobody knows is named', async () => {
    expect(await errorOf(await check(owner, studio.id, 'amazon'))).toMatchObject({
      statusCode: 422,
      code: 'VALIDATION_FAILED',
    })
  })

  test('a picture whose file is gone is not there', async () => {
    const lost = await shoot(owner)
    const [row] = await db.select().from(generatedPoses).where(eq(generatedPoses.id, lost.id))
    await env.MEDIA.delete(row!.outputKey)
    expect(await errorOf(await check(owner, lost.id, 'shopee_product'))).toMatchObject({
      statusCode: 404,
      code: 'NOT_FOUND',
    })
    // A row without its file is a loss that somebody must hear of.
    expect(expectErrors()).toHaveLength(1)
  })
})
