import { expect, test } from 'vitest'
import { expectJson, requestAs } from '../support/app'
import {
  CONSENT,
  madeAvatars,
  photoForm,
  photoOf,
  type ShownAvatars,
  type StartedAvatars,
  startAvatars,
  uploadAvatar,
} from '../support/avatar-starts'
import { AVATARS, type Avatar, type AvatarProject, newAvatarProject } from '../support/avatars'
import { type Person, signUp } from '../support/people'
import {
  creditsOf,
  ended,
  generate,
  newKey,
  newProject,
  type Page,
  type Picture,
  POSES,
  resultsOf,
} from '../support/shoots'
import { kernel } from '../support/uploads'

/** A machine that does other things too draws some twenty pictures in each of these. */
const LONG = { timeout: 60_000 }

/** Buys the small pack: ten pictures are 300 credits, and two of the welcome credits go for the photo. */
async function buyCredits(person: Person): Promise<void> {
  const { redirectUrl } = await expectJson<{ redirectUrl: string }>(
    requestAs(person, '/payments', {
      json: { productId: 'credits-1500', gateway: 'simulated' },
      headers: { 'idempotency-key': newKey() },
    }),
    201,
  )
  await expectJson(requestAs(person, `/${redirectUrl}`, { method: 'POST' }), 200)
}

test(
  'a seller uploads a photo, and all ten pictures of the shoot show the shirt and the skin of the avatar',
  LONG,
  async () => {
    const sari = await signUp()
    const project = await newAvatarProject(sari)
    const [avatar] = await madeAvatars(sari, uploadAvatar(sari, project.id, photoForm(photoOf())))
    const { id: projectId } = await newProject(sari, { avatarId: avatar!.id })
    const library = await expectJson<Page<{ id: string }>>(
      requestAs(sari, '/apps/pose-generator/library?limit=10&sort=newest'),
      200,
    )
    const selectedPoseIds = library.items.map(({ id }) => id)
    await buyCredits(sari)
    const shoot = { projectId, generationType: 'GALLERY_REFERENCE', selectedPoseIds, batchSize: 1 }
    const { generation } = await expectJson<{ generation: { id: string } }>(
      generate(sari, { ...shoot, width: 256, height: 256 }),
      202,
    )
    expect(await ended(sari, generation.id)).toMatchObject({ status: 'completed', posesCompleted: 10 })
    const { items } = await resultsOf(sari, generation.id)
    const shares = await Promise.all(items.map((picture) => sharesOf(sari, picture, avatar!)))
    expect(shares).toHaveLength(10)
    for (const { top, skin } of shares) {
      expect(top).toBeGreaterThan(0.005)
      expect(skin).toBeGreaterThan(0.002)
    }
    // The same poses without the avatar do not show its shirt: the measure can tell.
    const nobody = await newProject(sari)
    const other = await expectJson<{ generation: { id: string } }>(
      generate(sari, {
        ...shoot,
        projectId: nobody.id,
        selectedPoseIds: selectedPoseIds.slice(0, 3),
        prompt: 'green shirt, blue pants',
        width: 256,
        height: 256,
      }),
      202,
    )
    await ended(sari, other.generation.id)
    const others = await Promise.all(
      (await resultsOf(sari, other.generation.id)).items.map((picture) => sharesOf(sari, picture, avatar!)),
    )
    expect(Math.max(...others.map(({ top }) => top))).toBeLessThan(Math.min(...shares.map(({ top }) => top)))
  },
)

/** Shares of the picture's pixels in the hue of the avatar's shirt and of its skin, in whatever light. */
async function sharesOf(person: Person, picture: Picture, { palette }: Avatar): Promise<{ top: number; skin: number }> {
  const answer = await requestAs(person, `/${picture.outputImageUrl}`)
  const { rgba, width, height } = kernel.decodePng(new Uint8Array(await answer.arrayBuffer()))
  const count = { top: 0, skin: 0 }
  for (let at = 0; at < rgba.length; at += 4)
    for (const part of ['top', 'skin'] as const) if (isLit(rgba.subarray(at, at + 3), palette[part]!)) count[part]++
  return { top: count.top / (width * height), skin: count.skin / (width * height) }
}

/** The same colour under more or less light: the channels have the same proportions. */
function isLit(pixel: Uint8Array, hex: string): boolean {
  const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16))
  const sumOf = (levels: Iterable<number>) => [...levels].reduce((sum, level) => sum + level, 0)
  const sum = sumOf(pixel)
  if (sum < 60) return false
  return wanted.every((level, channel) => Math.abs(pixel[channel]! / sum - level / sumOf(wanted)) < 0.04)
}

test('every call of the Avatar Creator, from an empty account to a deleted one', LONG, async () => {
  const sari = await signUp()
  const get = <T>(path: string) => expectJson<T>(requestAs(sari, `${AVATARS}${path}`), 200)
  const put = <T>(path: string, json: object) =>
    expectJson<T>(requestAs(sari, `${AVATARS}${path}`, { method: 'PUT', json }), 200)

  // Projects.
  const project = await newAvatarProject(sari, { name: 'Toko Sari' })
  expect((await get<Page<AvatarProject>>('/projects')).items.map(({ id }) => id)).toEqual([project.id])
  await put(`/projects/${project.id}`, { description: 'Batik dan kopi' })
  expect(await get(`/projects/${project.id}`)).toMatchObject({ description: 'Batik dan kopi', avatarsCount: 0 })

  // Four ways in, each at its price.
  const at = `projects/${project.id}/avatars`
  const spent = async (work: Promise<Avatar[]>) => {
    const before = await creditsOf(sari)
    const avatars = await work
    const after = await creditsOf(sari)
    expect(after.held).toBe(0)
    return { avatars, credits: before.available - after.available }
  }
  const uploaded = await spent(
    madeAvatars(sari, uploadAvatar(sari, project.id, photoForm(photoOf(), { name: 'Sari' }))),
  )
  const words = { words: 'kebaya hijau, senyum ramah', attributes: { gender: 'female', skinTone: 'tan' } }
  const drawn = await spent(madeAvatars(sari, startAvatars(sari, `${at}/generate`, { ...words, variationCount: 2 })))
  const presets = await get<Page<{ id: string }>>('/presets?limit=100')
  expect(presets.items.length).toBeGreaterThanOrEqual(24)
  const preset = await get<{ id: string; attributes: object }>(`/presets/${presets.items[0]!.id}`)
  const chosen = await spent(madeAvatars(sari, startAvatars(sari, `${at}/from-preset`, { presetId: preset.id })))
  const photoId = uploaded.avatars[0]!.sourceUploadId
  const alike = await spent(
    madeAvatars(sari, startAvatars(sari, `${at}/from-reference`, { referenceImageId: photoId, consent: CONSENT })),
  )
  expect([uploaded, drawn, chosen, alike].map(({ credits }) => credits)).toEqual([2, 20, 8, 12])
  expect(drawn.avatars.map(({ name }) => name)).toEqual(['Avatar', 'Avatar 2'])
  expect(chosen.avatars[0]).toMatchObject({ presetId: preset.id, attributes: preset.attributes, simulated: true })
  expect(alike.avatars[0]!.palette.top).not.toBeNull()

  // One of them, its persona, and more like it.
  const { id } = drawn.avatars[0]!
  const persona = { name: 'Ratih', age: 27, personality: ['hangat', 'sabar'], background: 'Punya toko kebaya' }
  await put(`/avatars/${id}`, { name: 'Ratih', persona })
  expect(await get(`/avatars/${id}`)).toMatchObject({ name: 'Ratih', persona, attributes: { skinTone: 'tan' } })
  const [variation] = await madeAvatars(
    sari,
    startAvatars(sari, `avatars/${id}/variations`, { attributes: { style: 'formal' } }),
  )
  expect(variation).toMatchObject({ parentId: id, persona, attributes: { skinTone: 'tan', style: 'formal' } })
  const generation = await get<ShownAvatars>(`/generations/${variation!.generationId}`)
  expect(generation).toMatchObject({
    generation: { status: 'completed', creditCharged: 10 },
    avatars: [{ id: variation!.id }],
  })
  expect((await get<Page<StartedAvatars['generation']>>('/generations')).items).toHaveLength(5)

  // Used in a shoot: written down once, in its history, its summary and its figures.
  const { id: projectId } = await newProject(sari)
  const shoot = { projectId, generationType: 'GALLERY_REFERENCE', selectedPoseIds: [POSES[1]], batchSize: 2 }
  const started = await expectJson<{ generation: { id: string } }>(
    generate(sari, { ...shoot, width: 256, height: 256, avatarId: id }),
    202,
  )
  await ended(sari, started.generation.id)
  const history = () => get<Page<{ app: string; referenceId: string }>>(`/avatars/${id}/usage-history`)
  await expect
    .poll(async () => (await history()).items.map(({ referenceId }) => referenceId))
    .toEqual([started.generation.id, variation!.generationId])
  expect(await get(`/avatars/${id}/usage-summary`)).toMatchObject({ total: 2 })
  expect(await get(`/avatars/${id}`)).toMatchObject({ usageCount: 2 })
  expect(await get('/stats')).toMatchObject({ projects: 1, avatars: 6, credits: { total: 52 } })
  expect(await get('/health')).toMatchObject({ status: 'ok' })
  expect((await get<{ avatars: Page<Avatar> }>(`/projects/${project.id}`)).avatars.items).toHaveLength(6)

  // And gone.
  const remove = (path: string) =>
    expectJson<{ objectsDeleted: number; status: string }>(
      requestAs(sari, `${AVATARS}${path}`, { method: 'DELETE' }),
      200,
    )
  expect(await remove(`/avatars/${id}`)).toMatchObject({ status: 'done', picturesDeleted: 2, generationsKept: 1 })
  expect((await requestAs(sari, `${AVATARS}/avatars/${id}`)).status).toBe(404)
  await remove(`/projects/${project.id}`)
  expect((await get<Page<Avatar>>('/avatars')).items).toEqual([])
})
