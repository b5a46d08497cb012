import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BackgroundWish } from '../../src/db/tables/pictures'
import { newId } from '../../src/kernel/ids'
import type { PoseMessage } from '../../src/messages'
import { providerObject } from '../../src/objects'
import type { GenSpec } from '../../src/providers/contract'
import { providerOf } from '../../src/providers/registry'
import { openShoot, pictureRows } from '../support/drive'
import { books, startAsk } from '../support/jobs'
import { codeOf, configWith, controlOf, pictureBy, providerCall, saidIn, specOf } from '../support/providers'
import { deliver, messagesOf, type OpenUser, openUser } from '../support/queue'

const there = controlOf(configWith().FAL_QUEUE_URL)
const FAL = { IMAGE_PROVIDERS: 'fal' }
const WHITE: BackgroundWish = { mode: 'solid_color', color: '#FFFFFF', shadow: true }
const BEACH: BackgroundWish = { mode: 'ai_generate', prompt: 'a beach', shadow: true }

beforeEach(async () => {
  await there.reset()
  // Other tests' failures are not this test's circuit.
  const names = ['fal', 'wavespeed', 'huggingface-text']
  for (const id of names) {
    const provider = providerOf(configWith(), env, id)!
    await runInDurableObject(providerObject(env, provider), (_object, { storage }) => forgetAll(storage))
  }
})

function forgetAll({ sql }: DurableObjectStorage): void {
  const tables = sql.exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\'")
  for (const { name } of tables.toArray()) if (name !== 'schema_step') sql.exec(`DELETE FROM "${name}"`)
  sql.exec('INSERT INTO meter(only) VALUES (1)')
}
afterEach(() => void vi.useRealTimers())

/** Delivers what comes again, however often, until nothing does. */
async function drive(body: PoseMessage, vars: object, maxSteps = 40): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() })
  let waiting: PoseMessage[] = [body]
  for (let n = 0; n < maxSteps && waiting.length > 0; n++) {
    const fresh: PoseMessage[] = []
    const queue = { send: async (message: PoseMessage) => void fresh.push(message) }
    const id = `m-${n}`
    const { retried } = await deliver([{ body: waiting[0], id }], {
      vars: { GENERATION_QUEUE: queue, ...vars } as never,
    })
    waiting = id in retried ? waiting : fresh
    vi.setSystemTime(Date.now() + 61_000)
  }
  expect(waiting).toEqual([])
}

async function changeBy(user: OpenUser, imageId: string, wish: BackgroundWish, vars: object) {
  const id = newId('backgroundJob')
  const answer = await user.object().start({
    ...startAsk(),
    ...{ route: 'changeBackground', key: `key-${id}`, price: { poseCredits: 0, backgroundCredits: 10 } },
    job: { id, app: 'backgrounds', projectId: '', type: 'BACKGROUND', textPrompt: null, params: { wish } },
    tasks: [{ variationKey: imageId, imageId, name: 'pose-v0', poseId: null, draft: null, prompt: 'a beach', seed: 1 }],
  })
  if (!answer.ok) throw new Error(answer.code)
  const [body] = await messagesOf(user, id, 1)
  await drive(body!, vars)
  return (await user.object().job(id))!
}

/** A picture by fal, which tells no mask. */
async function pictureByFal() {
  const user = await openUser()
  const shoot = await openShoot(user, FAL)
  await shoot.run()
  const [row] = await pictureRows(shoot.job.id)
  await there.reset()
  return { user, imageId: String(row!.id), maskKey: row!.mask_key }
}

const versions = async (imageId: string) =>
  (await env.DB.prepare('SELECT * FROM picture_backgrounds WHERE image_id = ?').bind(imageId).all()).results

describe('a picture whose provider tells no mask', () => {
  test('is cut out by fal once, and the mask serves every later background', async () => {
    const { user, imageId, maskKey } = await pictureByFal()
    expect(maskKey).toBeNull()
    expect(await changeBy(user, imageId, WHITE, FAL)).toMatchObject({ status: 'completed', creditsCharged: 10 })
    expect(await there.stats()).toMatchObject({ submissions: 1 })
    expect(await changeBy(user, imageId, { ...WHITE, color: '#000000' }, FAL)).toMatchObject({ creditsCharged: 10 })
    expect(await there.stats()).toMatchObject({ submissions: 1 })
    expect((await versions(imageId)).map((row) => Number(row.cost_micro_usd)).sort()).toEqual([0, 3_000])
  })

  test('gets a place from words: the mask first, then a picture without people', async () => {
    const { user, imageId } = await pictureByFal()
    expect(await changeBy(user, imageId, BEACH, FAL)).toMatchObject({ status: 'completed', creditsCharged: 10 })
    expect(await there.stats()).toMatchObject({ submissions: 2 })
    expect(await versions(imageId)).toMatchObject([
      { provider: 'fal', model: 'fal-ai/flux/dev', cost_micro_usd: 28_000, mode: 'ai_generate' },
    ])
  })

  test.each(['500', '429-retry-after', 'page', 'half-picture', 'wrong-size', 'reset'])(
    'whose cutting out fails once with %s is charged once',
    async (fault) => {
      const { user, imageId } = await pictureByFal()
      await there.breakNext(fault)
      expect(await changeBy(user, imageId, WHITE, FAL)).toMatchObject({ status: 'completed', creditsCharged: 10 })
      expect(await user.sql(books)).toMatchObject({ available: 260, held: 0 })
    },
  )

  test.each(['500', '401', 'page'])(
    'whose cutting out always fails with %s costs nothing, and no place is paid',
    async (fault) => {
      const { user, imageId } = await pictureByFal()
      await there.mix({ [fault]: 1 })
      expect(await changeBy(user, imageId, BEACH, FAL)).toMatchObject({ status: 'failed', creditsReleased: 10 })
      expect((await there.stats()).submissions).toBeLessThanOrEqual(5)
      expect(await versions(imageId)).toEqual([])
      expect(await user.sql(books)).toMatchObject({ available: 270, held: 0 })
    },
  )

  test('gets its place elsewhere when the first provider has no money left', async () => {
    const { user, imageId } = await pictureByFal()
    await changeBy(user, imageId, WHITE, FAL)
    await there.breakNext('402')
    const job = await changeBy(user, imageId, BEACH, { IMAGE_PROVIDERS: 'fal,wavespeed,huggingface-text' })
    expect((await user.object().pictureWork(job.id))?.tasks).toMatchObject([{ state: 'done', errorCode: null }])
    expect(job).toMatchObject({ status: 'completed', creditsCharged: 10 })
    expect((await versions(imageId)).map((row) => row.provider)).toContain('huggingface-text')
  })
})

describe('a shoot before a colour', () => {
  test('keeps the studio picture and stands before that very colour', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, FAL, { background: true })
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 40 })
    const [row] = await pictureRows(shoot.job.id)
    expect(await versions(String(row!.id))).toMatchObject([{ id: row!.background_id, mode: 'solid_color' }])
  })

  test('whose cutting out always fails is delivered without, and the 10 are released', async () => {
    const user = await openUser()
    const shoot = await openShoot(user, { ...FAL, FAL_RUN_URL: `${env.TEST_CANARY_URL}/none` }, { background: true })
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 30, creditsReleased: 10 })
    expect((await there.stats()).submissions).toBe(1)
    await controlOf(env.TEST_CANARY_URL).reset()
  })

  test('has the colour in words where nobody cuts pictures out, and it is charged', async () => {
    const user = await openUser()
    const vars = { IMAGE_PROVIDERS: 'wavespeed', FAL_KEY: '' }
    const shoot = await openShoot(user, vars, { background: true })
    await shoot.run()
    expect(await shoot.view()).toMatchObject({ status: 'completed', creditsCharged: 40 })
    expect(await pictureRows(shoot.job.id)).toMatchObject([{ background_mode: 'solid_color', background_id: null }])
  })
})

describe('a place without people', () => {
  const plate = async (): Promise<GenSpec> => ({
    ...(await specOf()),
    control: null,
    background: { kind: 'prompt', prompt: 'a beach' },
  })
  const by = (id: string) => providerOf(configWith(), env, id)!

  test.each([
    ['fal', 'fal-ai/flux/dev', 25_000],
    ['workers-ai', '@cf/black-forest-labs/flux-2-klein-4b', 287],
    ['huggingface-text', 'black-forest-labs/FLUX.1-schnell', 2_700],
  ])('%s makes it from the words alone', async (id, model, costMicroUsd) => {
    const spec = await plate()
    const image = await pictureBy(by(id), spec)
    expect(image).toMatchObject({
      model,
      degraded: [],
      backgroundDone: true,
      settings: { control: null, prompt: spec.prompt },
    })
    expect(image.costMicroUsd).toBe(costMicroUsd)
    expect(await saidIn(image)).toMatchObject({ seed: spec.seed, controlSha256: null, width: 256, height: 320 })
  })

  test.each(['wavespeed', 'huggingface', 'huggingface-endpoint'])('%s makes none, and says so', async (id) => {
    expect(by(id).capabilities.plates).toBe(false)
    expect(await codeOf(by(id).submit(await plate(), providerCall()))).toBe('INVALID')
  })
})
