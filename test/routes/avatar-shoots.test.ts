import { beforeAll, expect, test } from 'vitest'
import { expectJson, request, requestAs } from '../support/app'
import { madeAvatars, startAvatars } from '../support/avatar-starts'
import { type Avatar, newAvatarProject } from '../support/avatars'
import { type Person, signUp } from '../support/people'
import {
  ended,
  GENERATOR,
  generate,
  newProject,
  oneSmallPicture,
  type Picture,
  POSES,
  resultsOf,
  type Started,
} from '../support/shoots'
import { kernel, upload } from '../support/uploads'
import { errorOf } from '../support/walk'

type Project = { id: string; avatarSource: string; avatarId: string | null; avatarImageUrl: string | null }

let sari: Person
let red: Avatar
let blue: Avatar
beforeAll(async () => {
  sari = await signUp()
  const { id } = await newAvatarProject(sari)
  const made = async (words: string, style: string) => {
    const wish = { words, attributes: { gender: 'female', hairStyle: 'hijab', skinTone: 'brown', style }, seed: 3 }
    return (await madeAvatars(sari, startAvatars(sari, `projects/${id}/avatars/generate`, wish)))[0]!
  }
  red = await made('tunik merah', 'modest')
  blue = await made('tunik biru', 'modest')
})

const shoot = async (body: object): Promise<Picture[]> => {
  const { generation } = await expectJson<Started>(generate(sari, body), 202)
  expect((await ended(sari, generation.id)).status).toBe('completed')
  return (await resultsOf(sari, generation.id)).items
}
const pixelsOf = async ({ outputImageUrl }: Picture) =>
  kernel.decodePng(new Uint8Array(await (await request(`/${outputImageUrl}`)).arrayBuffer())).rgba
const recipeOf = async ({ id }: Picture) =>
  (
    await expectJson<{ recipe: { request: Record<string, unknown>; references: number; differences: string[] } }>(
      requestAs(sari, `${GENERATOR}/poses/${id}/recipe`),
      200,
    )
  ).recipe
const put = (id: string, json: object) =>
  expectJson<Project>(requestAs(sari, `${GENERATOR}/projects/${id}`, { method: 'PUT', json }), 200)

test('the prompt of every pose says who it is, and what was said of the avatar', async () => {
  const { id } = await newProject(sari, { avatarId: red.id })
  const [first, second] = await shoot(
    oneSmallPicture(id, { selectedPoseIds: POSES.slice(0, 2), prompt: 'botol sambal' }),
  )
  for (const { promptUsed } of [first!, second!]) {
    expect(promptUsed).toMatch(/woman/)
    expect(promptUsed).toMatch(/tunik merah/)
    expect(promptUsed).toMatch(/botol sambal/)
  }
})

test('an avatar of the request comes before that of the project, and the project keeps its own', async () => {
  const { id } = await newProject(sari, { avatarId: red.id })
  const fields = { seed: 9, width: 256, height: 256 }
  const [asProject] = await shoot(oneSmallPicture(id, fields))
  const [asAsked] = await shoot(oneSmallPicture(id, { ...fields, avatarId: blue.id }))
  const [asBlue] = await shoot(oneSmallPicture((await newProject(sari, { avatarId: blue.id })).id, fields))
  expect(await pixelsOf(asAsked!)).toEqual(await pixelsOf(asBlue!))
  expect(await pixelsOf(asAsked!)).not.toEqual(await pixelsOf(asProject!))
})

test('a project has the avatar or the picture that was named last, and never both at once', async () => {
  const picture = await upload(sari)
  const project = (await newProject(sari, { avatarId: red.id })) as Project
  expect(project).toMatchObject({ avatarSource: 'AVATAR_CREATOR', avatarId: red.id, avatarImageUrl: null })
  expect(await put(project.id, { avatarImageUrl: picture.id })).toMatchObject({ avatarSource: 'UPLOAD' })
  expect(await put(project.id, { avatarId: blue.id })).toMatchObject({
    avatarSource: 'AVATAR_CREATOR',
    avatarId: blue.id,
  })
  const json = { avatarId: blue.id, avatarImageUrl: picture.id }
  const both = await requestAs(sari, `${GENERATOR}/projects/${project.id}`, { method: 'PUT', json })
  expect(await errorOf(both)).toMatchObject({ statusCode: 422, details: { issues: [{ field: 'avatarId' }] } })
})

test('somebody else’s avatar is not there, whoever names it', async () => {
  const budi = await signUp()
  const json = { projectName: 'Curi', avatarId: red.id }
  const created = await requestAs(budi, `${GENERATOR}/projects`, { json })
  expect(await errorOf(created)).toMatchObject({ statusCode: 404, details: { field: 'avatarId' } })
  const { id } = await newProject(budi)
  const changed = await requestAs(budi, `${GENERATOR}/projects/${id}`, { method: 'PUT', json: { avatarId: red.id } })
  expect((await errorOf(changed)).statusCode).toBe(404)
  const started = await generate(budi, oneSmallPicture(id, { avatarId: red.id }))
  expect(await errorOf(started)).toMatchObject({ statusCode: 404, details: { field: 'avatarId' } })
})

test('a recipe names the avatar, and asks for the same picture, to the pixel', async () => {
  const { id } = await newProject(sari)
  const [picture] = await shoot(oneSmallPicture(id, { avatarId: red.id }))
  const { request: body, differences } = await recipeOf(picture!)
  expect([body.avatarId, differences]).toEqual([red.id, []])
  const [again] = await shoot(body)
  expect(await pixelsOf(again!)).toEqual(await pixelsOf(picture!))
})

test('a recipe says when the avatar is another by now', async () => {
  const { id: projectId } = await newAvatarProject(sari)
  const wish = { words: 'kemeja hijau' }
  const [avatar] = await madeAvatars(sari, startAvatars(sari, `projects/${projectId}/avatars/generate`, wish))
  const { id } = await newProject(sari)
  const [picture] = await shoot(oneSmallPicture(id, { avatarId: avatar!.id }))
  const path = `/apps/avatar-creator/avatars/${avatar!.id}`
  await expectJson(requestAs(sari, path, { method: 'PUT', json: { attributes: { skinTone: 'dark' } } }), 200)
  expect((await recipeOf(picture!)).differences).toContain('avatar')
  await expectJson(requestAs(sari, `${path}?pictures=keep`, { method: 'DELETE' }), 200)
  const gone = await expectJson<{ recipe: { request: object | null } }>(
    requestAs(sari, `${GENERATOR}/poses/${picture!.id}/recipe`),
    200,
  )
  expect(gone.recipe.request).toBeNull()
})
