import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { generatedPoses } from '../../src/db/tables/generations'
import { poses } from '../../src/db/tables/poses'
import { uploads } from '../../src/db/tables/uploads'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { db, generationRow, pictureRow, projectRow } from '../support/rows'
import {
  ended,
  GENERATOR,
  generate,
  newProject,
  oneSmallPicture,
  type Picture,
  POSES,
  requestIn,
  resultsOf,
  type Started,
} from '../support/shoots'
import { kernel, upload } from '../support/uploads'

type Recipe = {
  provider: string
  model: string
  simulated: boolean
  prompt: string
  seed: number
  width: number
  height: number
  control: { sha256: string } | null
  references: number | null
  degraded: string[]
  poseId: string | null
  generationType: string
  request: Record<string, unknown> | null
  requestedAs: string | null
  differences: string[]
}

const pathTo = (imageId: string) => `${GENERATOR}/poses/${imageId}/recipe`
const recipeOf = async (person: Person, imageId: string): Promise<Recipe> =>
  (await expectJson<{ recipe: Recipe }>(requestAs(person, pathTo(imageId)), 200)).recipe

/** The pictures of a shoot, once it has ended. */
async function shoot(person: Person, body: object): Promise<Picture[]> {
  const { generation } = await expectJson<Started>(generate(person, body), 202)
  await ended(person, generation.id)
  return (await resultsOf(person, generation.id)).items
}

async function pixelsOf(picture: Picture) {
  const answer = await request(`/${picture.outputImageUrl}`)
  expect(answer.status).toBe(200)
  return kernel.decodePng(new Uint8Array(await answer.arrayBuffer()))
}

/** Asks for the picture once more, as its recipe says, and finds the one that it means. */
async function again(person: Person, { request: body, requestedAs }: Recipe): Promise<Picture> {
  expect(body).not.toBeNull()
  const made = (await shoot(person, body!)).find((picture) => picture.variationKey === requestedAs)
  expect(made).toBeDefined()
  return made!
}

/** A body of `generate` that describes its poses. */
function described(projectId: string, fields: object) {
  const { selectedPoseIds: _, batchSize: __, ...rest } = oneSmallPicture(projectId)
  return { ...rest, generationType: 'TEXT_DESCRIPTION', ...fields }
}

/** Fields of one small picture that a seller may ask for. */
const wishes: [string, (person: Person) => Promise<object> | object][] = [
  ['words of the seller', () => ({ prompt: 'memegang teh, baju merah' })],
  [
    'a colour behind',
    () => ({ useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#2E9E4A' }),
  ],
  [
    'a background in words',
    () => ({ useBackgroundChanger: true, backgroundMode: 'ai_generate', backgroundPrompt: 'sawah' }),
  ],
  [
    'an uploaded background',
    async (person) => ({
      ...{ useBackgroundChanger: true, backgroundMode: 'upload' },
      backgroundImageId: (await upload(person)).id,
    }),
  ],
  ['a size of its own', () => ({ width: 320, height: 256 })],
]

describe('the same picture again', () => {
  test.each(wishes)('%s: the request of the recipe makes the same pixels', async (_, fields) => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const [first] = await shoot(sari, oneSmallPicture(id, await fields(sari)))
    const recipe = await recipeOf(sari, first!.id)
    expect(recipe.differences).toEqual([])
    const second = await again(sari, recipe)
    expect(second.id).not.toBe(first!.id)
    expect(second.promptUsed).toBe(first!.promptUsed)
    expect(await pixelsOf(second)).toEqual(await pixelsOf(first!))
  })

  test('one of many: the second variation of the second pose is made again alone', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const shots = await shoot(sari, oneSmallPicture(id, { selectedPoseIds: POSES.slice(0, 2), batchSize: 2 }))
    const wanted = shots.find(({ variationKey }) => variationKey === `${POSES[1]}-v1`)!
    const recipe = await recipeOf(sari, wanted.id)
    expect(recipe.request).toMatchObject({ selectedPoseIds: [POSES[1]], batchSize: 1, seed: wanted.seedUsed })
    const pixels = await pixelsOf(wanted)
    expect(await pixelsOf(await again(sari, recipe))).toEqual(pixels)
    for (const other of shots.filter((each) => each !== wanted)) expect(await pixelsOf(other)).not.toEqual(pixels)
  })

  test('an avatar: the same person stands there again', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari, { avatarSource: 'UPLOAD', avatarImageUrl: (await upload(sari)).id })
    const [first] = await shoot(sari, oneSmallPicture(id))
    const recipe = await recipeOf(sari, first!.id)
    expect(recipe.differences).toEqual([])
    expect(await pixelsOf(await again(sari, recipe))).toEqual(await pixelsOf(first!))
  })

  test.each([
    ['of a body', 'berdiri, tangan kiri di pinggang, menunjuk ke samping', 5],
    ['of things alone', 'kotak', 2],
  ])('poses made from words %s: each picture comes with those before it', async (_, textPrompt, variationCount) => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const shots = await shoot(sari, described(id, { textPrompt, variationCount }))
    for (const picture of [shots[0]!, shots.at(-1)!]) {
      const recipe = await recipeOf(sari, picture.id)
      expect(recipe).toMatchObject({ differences: [], generationType: 'TEXT_DESCRIPTION' })
      expect(recipe.request).toMatchObject({ variationCount: shots.indexOf(picture) + 1, seed: shots[0]!.seedUsed })
    }
    // Five and five again are all that the welcome credits pay.
    const last = shots.at(-1)!
    expect(await pixelsOf(await again(sari, await recipeOf(sari, last.id)))).toEqual(await pixelsOf(last))
  })

  test('a picture of the library that words found, from before poses were made from words', async () => {
    const { sari, imageId } = await pictureOf({ variationKey: 'text-v3' })
    const recipe = await recipeOf(sari, imageId)
    expect(recipe).toMatchObject({ differences: [], requestedAs: `${POSES[0]}-v0` })
    expect(recipe.request).toMatchObject({ generationType: 'GALLERY_REFERENCE', selectedPoseIds: [POSES[0]] })
  })

  test('what a seller said of loose poses is said again', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const [strict, loose] = [{}, { poseControl: 'preferred' }]
    for (const fields of [strict, loose]) {
      const [picture] = await shoot(sari, oneSmallPicture(id, fields))
      const { request: body } = await recipeOf(sari, picture!.id)
      expect(body?.poseControl).toBe('poseControl' in fields ? fields.poseControl : undefined)
    }
  })
})

describe('what a recipe tells', () => {
  test('what the model got, and nothing of what it cost us or of its number upstream', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const [picture] = await shoot(sari, oneSmallPicture(id, { prompt: 'memegang teh', seed: 7 }))
    const recipe = await recipeOf(sari, picture!.id)
    expect(recipe).toMatchObject({
      ...{ provider: 'embedded', simulated: true, seed: 7, width: 256, height: 256, poseId: POSES[0], degraded: [] },
      ...{ prompt: picture!.promptUsed, generationType: 'GALLERY_REFERENCE', references: 0 },
    })
    expect(Object.keys(recipe).sort()).toEqual(
      [
        ...['control', 'createdAt', 'degraded', 'differences', 'generationType', 'guidance', 'height', 'model'],
        ...[
          'poseId',
          'prompt',
          'provider',
          'references',
          'request',
          'requestedAs',
          'seed',
          'simulated',
          'steps',
          'width',
        ],
      ].sort(),
    )
    expect(JSON.stringify(recipe)).not.toMatch(/cost|upstream/i)
  })

  test('a hosted model’s picture: its control map, its steps, and that another provider would make it now', async () => {
    const { sari, imageId } = await pictureOf({
      ...{ provider: 'fal', model: 'flux-general', simulated: false },
      recipe: {
        ...{ provider: 'fal', model: 'flux-general', upstreamId: 'up-42', degraded: ['no-reference'], submissions: 2 },
        costMicroUsd: 75_000,
        settings: {
          ...{ prompt: 'a woman', negativePrompt: null, seed: 9, width: 512, height: 768, steps: 28, guidance: 3.5 },
          control: { sha256: 'ab'.repeat(32), scale: 0.9, start: 0, end: 0.65 },
          referenceSha256: ['cd'.repeat(32)],
        },
      },
    })
    const recipe = await recipeOf(sari, imageId)
    expect(recipe).toMatchObject({
      ...{ provider: 'fal', prompt: 'a woman', seed: 9, width: 512, height: 768, steps: 28, guidance: 3.5 },
      ...{ control: { sha256: 'ab'.repeat(32), scale: 0.9, start: 0, end: 0.65 }, references: 1 },
      degraded: ['no-reference'],
    })
    expect(recipe.differences).toContain('provider')
    expect(recipe.request).toMatchObject({ seed: 9 })
    expect(JSON.stringify(recipe)).not.toMatch(/up-42|75000/)
  })

  test('a picture from before recipes tells what its row knows', async () => {
    const { sari, imageId } = await pictureOf({ recipe: null })
    const recipe = await recipeOf(sari, imageId)
    expect(recipe).toMatchObject({ control: null, references: null, steps: null, guidance: null, degraded: [] })
    expect(recipe.request).toMatchObject({ selectedPoseIds: [POSES[0]], seed: recipe.seed })
  })

  test('a picture of a generation that nobody remembers cannot be asked for again', async () => {
    const sari = await signUp()
    const generationId = await generationRow(sari.user.id, await projectRow(sari.user.id))
    const recipe = await recipeOf(sari, await pictureRow(sari.user.id, generationId, { promptUsed: 'a man' }))
    expect(recipe).toMatchObject({ prompt: 'a man', request: null, requestedAs: null, differences: ['settings'] })
  })
})

/** A picture that was made, with other values in its row. */
async function pictureOf(values: Partial<typeof generatedPoses.$inferInsert> = {}) {
  const sari = await signUp()
  const { id } = await newProject(sari)
  const [picture] = await shoot(sari, oneSmallPicture(id))
  if (Object.keys(values).length > 0)
    await db.update(generatedPoses).set(values).where(eq(generatedPoses.id, picture!.id))
  return { sari, projectId: id, imageId: picture!.id }
}

describe('what would not be the same', () => {
  test('another avatar', async () => {
    const { sari, projectId, imageId } = await pictureOf()
    const fields = { avatarImageUrl: (await upload(sari)).id }
    await expectJson(requestAs(sari, `${GENERATOR}/projects/${projectId}`, { method: 'PUT', json: fields }), 200)
    const recipe = await recipeOf(sari, imageId)
    expect(recipe.differences).toEqual(['avatar'])
    expect(recipe.request).not.toBeNull()
  })

  test('a pose with other words, and one that is no longer in the library', async () => {
    const { sari, imageId } = await pictureOf()
    const [pose] = await db.select().from(poses).where(eq(poses.id, POSES[0]))
    const { promptHint } = pose!
    const setPose = (fields: Partial<typeof poses.$inferInsert>) =>
      db.update(poses).set(fields).where(eq(poses.id, POSES[0]))
    try {
      await setPose({ promptHint: 'standing on one leg' })
      expect(await recipeOf(sari, imageId)).toMatchObject({ differences: ['words'], poseId: POSES[0] })
      await setPose({ promptHint, isPublic: false })
      expect(await recipeOf(sari, imageId)).toMatchObject({ differences: ['pose'], request: null })
    } finally {
      await setPose({ promptHint, isPublic: true })
    }
  })

  test('a background picture that is gone', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const backgroundImageId = (await upload(sari)).id
    const asked = { useBackgroundChanger: true, backgroundMode: 'upload', backgroundImageId }
    const [picture] = await shoot(sari, oneSmallPicture(id, asked))
    await db.delete(uploads).where(eq(uploads.id, backgroundImageId))
    expect(await recipeOf(sari, picture!.id)).toMatchObject({ differences: ['background'], request: null })
  })

  test('a pose from words whose seed was shifted, because nobody might see the first try', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari)
    const words = { textPrompt: 'berdiri, tangan kiri di pinggang', variationCount: 3, seed: 1 }
    const picture = (await shoot(sari, described(id, words)))[2]!
    expect((await recipeOf(sari, picture.id)).differences).toEqual([])
    await db
      .update(generatedPoses)
      .set({ recipe: sql`json_set(${generatedPoses.recipe}, '$.settings.seed', 900)` })
      .where(eq(generatedPoses.id, picture.id))
    expect(await recipeOf(sari, picture.id)).toMatchObject({ seed: 900, differences: ['pose'] })
  })
})

describe('404', () => {
  test('for a picture of somebody else and for none', async () => {
    const { imageId } = await pictureOf()
    const eve = await signUp()
    expect((await requestAs(eve, pathTo(imageId))).status).toBe(404)
    expect((await requestAs(eve, pathTo('img_01J00000000000000000000000'))).status).toBe(404)
    expect((await requestIn({}, pathTo(imageId))).status).toBe(401)
  })
})
