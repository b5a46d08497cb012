import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { avatars, avatarUsages } from '../../src/db/tables/avatars'
import { generatedPoses, generations } from '../../src/db/tables/generations'
import { avatarConsents, avatarDeletions } from '../../src/db/tables/likeness'
import { uploads } from '../../src/db/tables/uploads'
import { newId } from '../../src/kernel/ids'
import { expectJson, requestAs, signUp } from '../support/app'
import {
  AVATARS,
  appJobRow,
  avatarProjectRow,
  avatarRow,
  avatarWithPictures,
  consentRow,
  newAvatarProject,
} from '../support/avatars'
import {
  type Deletion,
  deleteAvatar,
  deletedAvatar,
  objectsOf,
  photoOf,
  portrayed,
  shotWith,
  showDeletion,
} from '../support/deletions'
import type { Person } from '../support/people'
import { db, generationRow, projectRow } from '../support/rows'
import { creditsOf, newProject, type Page, resultsOf, showGeneration } from '../support/shoots'
import { errorOf } from '../support/walk'

type Statement = { ok: boolean; headHash: string; entries: unknown }
const statementOf = (person: Person): Promise<Statement> =>
  expectJson(requestAs(person, '/credits/statement/verify'), 200)

let sari: Person
let projectId: string
beforeAll(async () => {
  sari = await signUp()
  projectId = await avatarProjectRow(sari.user.id)
})

const isThere = async (avatarId: string): Promise<boolean> =>
  (await db.select().from(avatars).where(eq(avatars.id, avatarId))).length > 0
const hasUpload = async (id: string): Promise<boolean> =>
  (await db.select().from(uploads).where(eq(uploads.id, id))).length > 0

describe('DELETE /apps/avatar-creator/avatars/:id (deleteAvatar)', () => {
  test('an avatar with three shoots leaves no object behind; history, consent and ledger stay (K1)', async () => {
    const person = await signUp()
    const { avatarId } = await portrayed(person)
    await consentRow(person.user.id, avatarId)
    const shoots = [
      await shotWith(person, avatarId),
      await shotWith(person, avatarId),
      await shotWith(person, avatarId),
    ]
    const [shot] = (await resultsOf(person, shoots[0]!)).items
    const change = { json: { backgroundMode: 'solid_color', backgroundColor: '#0B4A2B' } }
    const headers = { 'idempotency-key': 'green' }
    const wait = { ...headers, prefer: 'wait=10' }
    await expectJson(
      requestAs(person, `/apps/pose-generator/poses/${shot!.id}/background`, { ...change, headers: wait }),
      202,
    )
    const before = { objects: await objectsOf(person.user.id), credits: await creditsOf(person) }
    const statement = await statementOf(person)
    expect(before.objects.length).toBeGreaterThan(15)

    const deletion = await deletedAvatar(person, avatarId)

    expect(deletion).toEqual({
      ...{ id: deletion.id, avatarId, projectId: null, reason: 'owner', status: 'done' },
      ...{ objectsDeleted: before.objects.length, picturesDeleted: 6, generationsKept: 3 },
      ...{ avatarsDeleted: 1, variationsDeleted: 0 },
      createdAt: expect.any(String),
      endedAt: expect.any(String),
    })
    expect(await objectsOf(person.user.id)).toEqual([])
    const kept = await db.select().from(generations).where(eq(generations.userId, person.user.id))
    expect(kept.map(({ id, avatarId }) => [id, avatarId]).sort()).toEqual(shoots.map((id) => [id, null]).sort())
    expect(await showGeneration(person, shoots[0]!)).toMatchObject({ status: 'completed', posesCompleted: 2 })
    expect((await resultsOf(person, shoots[0]!)).items).toEqual([])
    expect(await db.select().from(generatedPoses).where(eq(generatedPoses.userId, person.user.id))).toEqual([])
    const usages = await db.select().from(avatarUsages).where(eq(avatarUsages.userId, person.user.id))
    expect(usages.map((usage) => usage.avatarId)).toEqual([null, null, null])
    const [consent] = await db.select().from(avatarConsents).where(eq(avatarConsents.userId, person.user.id))
    expect(consent).toMatchObject({ avatarId: null, kind: 'self' })
    expect(await statementOf(person)).toEqual(statement)
    expect(await creditsOf(person)).toEqual(before.credits)
    expect((await requestAs(person, `${AVATARS}/avatars/${avatarId}`)).status).toBe(404)
  })

  test('its pictures stay when they are to be kept, and only they', async () => {
    const person = await signUp()
    const { avatarId } = await portrayed(person)
    const shoot = await shotWith(person, avatarId)
    const pictures = await objectsOf(person.user.id, `${shoot}/`)
    const deletion = await deletedAvatar(person, avatarId, '?pictures=keep')
    expect(deletion).toMatchObject({ status: 'done', objectsDeleted: 3, picturesDeleted: 0, generationsKept: 1 })
    expect(await objectsOf(person.user.id)).toEqual(pictures)
    expect((await resultsOf(person, shoot)).items).toHaveLength(2)
  })

  test('its photo stays while another avatar or a project shows it, and goes with the last of them', async () => {
    const { avatarId, uploadId } = await portrayed(sari)
    const other = await avatarWithPictures(sari.user.id, projectId, { uploadId })
    expect(await deletedAvatar(sari, avatarId)).toMatchObject({ objectsDeleted: 2 })
    expect(await hasUpload(uploadId)).toBe(true)
    const shown = await newProject(sari, { avatarImageUrl: uploadId })
    const third = await avatarWithPictures(sari.user.id, projectId, { uploadId })
    expect(await deletedAvatar(sari, other)).toMatchObject({ objectsDeleted: 2 })
    expect(await deletedAvatar(sari, third)).toMatchObject({ objectsDeleted: 2 })
    expect(await hasUpload(uploadId)).toBe(true)
    expect((await requestAs(sari, `/apps/pose-generator/projects/${shown.id}`, { method: 'DELETE' })).status).toBe(204)
    const last = await avatarWithPictures(sari.user.id, projectId, { uploadId })
    expect(await deletedAvatar(sari, last)).toMatchObject({ objectsDeleted: 3 })
    expect(await hasUpload(uploadId)).toBe(false)
    expect(await objectsOf(sari.user.id, `uploads/${uploadId}`)).toEqual([])
  })

  test('variations stay avatars of their own, unless they are to go too', async () => {
    const { avatarId: parentId, uploadId } = await portrayed(sari)
    const child = await avatarWithPictures(sari.user.id, projectId, { parentId, uploadId })
    const grandchild = await avatarWithPictures(sari.user.id, projectId, { parentId: child })
    expect(await deletedAvatar(sari, parentId)).toMatchObject({ avatarsDeleted: 1, variationsDeleted: 0 })
    const [orphan] = await db.select().from(avatars).where(eq(avatars.id, child))
    expect(orphan).toMatchObject({ parentId: null, uploadId })
    const deletion = await deletedAvatar(sari, child, '?variations=delete')
    expect(deletion).toMatchObject({ avatarsDeleted: 2, variationsDeleted: 1, objectsDeleted: 5 })
    expect(await showDeletion(sari, deletion.id)).toEqual(deletion)
    expect(await isThere(grandchild)).toBe(false)
  })

  test('not while a shoot or an avatar is made with it, which is named (K3)', async () => {
    const avatarId = await avatarWithPictures(sari.user.id, projectId)
    const shoot = await generationRow(sari.user.id, await projectRow(sari.user.id), { avatarId, status: 'processing' })
    const job = await appJobRow(sari.user.id, { avatarId, status: 'pending', endedAt: null })
    const refused = await deleteAvatar(sari, avatarId)
    expect(await errorOf(refused)).toMatchObject({ code: 'CONFLICT', details: { jobs: [shoot, job] } })
    expect(await isThere(avatarId)).toBe(true)
    expect(await objectsOf(sari.user.id, avatarId)).toHaveLength(2)
  })

  test('somebody else’s avatar is answered like a missing one, and stays', async () => {
    const budi = await signUp()
    const avatarId = await avatarWithPictures(sari.user.id, projectId)
    for (const id of [avatarId, newId('avatar')]) expect((await deleteAvatar(budi, id)).status).toBe(404)
    expect(await isThere(avatarId)).toBe(true)
    expect(await objectsOf(sari.user.id, avatarId)).toHaveLength(2)
  })

  test('deleting it ten times at once, and once more, is one deletion with one report (K2)', async () => {
    const { avatarId } = await portrayed(sari)
    const deletions = await Promise.all(Array.from({ length: 10 }, () => deletedAvatar(sari, avatarId)))
    const again = await deletedAvatar(sari, avatarId)
    expect(new Set([...deletions, again].map(({ id }) => id)).size).toBe(1)
    expect(again.status).toBe('done')
    expect(again.objectsDeleted).toBeLessThanOrEqual(3)
    expect(await objectsOf(sari.user.id, avatarId)).toEqual([])
  })
})

describe('DELETE /apps/avatar-creator/projects/:id (deleteAvatarProject)', () => {
  const deleteProject = (person: Person, id: string, query = '') =>
    requestAs(person, `${AVATARS}/projects/${id}${query}`, { method: 'DELETE' })

  test('its avatars, their photos and pictures go with it: one report', async () => {
    const person = await signUp()
    const { projectId: project, avatarId, uploadId } = await portrayed(person)
    await avatarWithPictures(person.user.id, project, { uploadId })
    await shotWith(person, avatarId)
    const stays = await avatarWithPictures(person.user.id, (await newAvatarProject(person)).id)
    const count = (await objectsOf(person.user.id)).length - 2
    const deletion = await expectJson<Deletion>(deleteProject(person, project), 200)
    expect(deletion).toMatchObject({
      ...{ avatarId: null, projectId: project, reason: 'project', status: 'done' },
      ...{ avatarsDeleted: 2, variationsDeleted: 0, picturesDeleted: 2, generationsKept: 1, objectsDeleted: count },
    })
    expect(await objectsOf(person.user.id)).toHaveLength(2)
    expect(await isThere(stays)).toBe(true)
    expect((await requestAs(person, `${AVATARS}/projects/${project}`)).status).toBe(404)
    expect(await expectJson<Deletion>(deleteProject(person, project), 200)).toEqual(deletion)
  })

  test('an empty project leaves a report that counts nothing', async () => {
    const { id } = await newAvatarProject(sari)
    expect(await expectJson(deleteProject(sari, id), 200)).toMatchObject({ status: 'done', avatarsDeleted: 0 })
  })

  test('not while an avatar is made in it, and never somebody else’s (K3)', async () => {
    const { id } = await newAvatarProject(sari)
    const job = await appJobRow(sari.user.id, { projectId: id, status: 'processing', endedAt: null })
    expect(await errorOf(await deleteProject(sari, id))).toMatchObject({ code: 'CONFLICT', details: { jobs: [job] } })
    expect((await deleteProject(await signUp(), id)).status).toBe(404)
    expect((await requestAs(sari, `${AVATARS}/projects/${id}`)).status).toBe(200)
  })
})

test('deletions are listed newest first, each with what it removed (listAvatarDeletions, showAvatarDeletion)', async () => {
  const person = await signUp()
  const { id } = await newAvatarProject(person)
  const gone = [await avatarRow(person.user.id, id), await avatarWithPictures(person.user.id, id)]
  const deletions = [await deletedAvatar(person, gone[0]!), await deletedAvatar(person, gone[1]!)]
  expect(deletions.map(({ objectsDeleted }) => objectsDeleted)).toEqual([0, 2])
  const list = (query: string) => expectJson<Page<Deletion>>(requestAs(person, `${AVATARS}/deletions${query}`), 200)
  const first = await list('?limit=1')
  expect(first.items).toEqual([deletions[1]])
  expect((await list(`?limit=1&cursor=${first.page.nextCursor}`)).items).toEqual([deletions[0]])
  expect((await list('')).items).toHaveLength(2)
  expect((await requestAs(sari, `${AVATARS}/deletions/${deletions[0]!.id}`)).status).toBe(404)
})

test('a takedown after an old report is the newest of the list, and on a page of its own', async () => {
  const person = await signUp()
  const row = (id: string, createdAt: number) => ({
    ...{ id, userId: person.user.id, avatarId: newId('avatar'), reason: 'owner' as const, targets: [], createdAt },
    ...{ picturesDeleted: 0, generationsKept: 0, endedAt: createdAt },
  })
  const [takedown, own] = ['avd_01JD0000000000000000000000', 'avd_01JE0000000000000000000000']
  await db.insert(avatarDeletions).values([row(takedown!, 2_000), row(own!, 1_000)])
  const list = (query: string) => expectJson<Page<Deletion>>(requestAs(person, `${AVATARS}/deletions${query}`), 200)
  const first = await list('?limit=1')
  expect(first.items.map(({ id }) => id)).toEqual([takedown])
  expect((await list(`?limit=1&cursor=${first.page.nextCursor}`)).items.map(({ id }) => id)).toEqual([own])
})

test('a photo that was used for nothing else is not needed to delete an avatar without one', async () => {
  const uploadId = await photoOf(sari)
  await deletedAvatar(sari, await avatarWithPictures(sari.user.id, projectId))
  expect(await hasUpload(uploadId)).toBe(true)
})
