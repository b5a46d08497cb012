import { env } from 'cloudflare:workers'
import { and, eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { deleteAvatarProject } from '../../src/avatars/delete-avatar'
import { makeCtx } from '../../src/ctx'
import { avatarProjects, avatars } from '../../src/db/tables/avatars'
import { uploads } from '../../src/db/tables/uploads'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { CONSENT, madeAvatars, photoForm, photoOf, startAvatars, uploadAvatar } from '../support/avatar-starts'
import { AVATARS, avatarProjectRow, avatarWithPictures, newAvatarProject } from '../support/avatars'
import { deletedAvatar, objectsOf } from '../support/deletions'
import { anyAddress, type Person } from '../support/people'
import { db, makeAdmin, userRow } from '../support/rows'
import { ended, generate, newProject, oneSmallPicture, resultsOf, type Started } from '../support/shoots'
import { send, type Uploaded } from '../support/uploads'

const PHOTO = photoOf()
const ADMIN = '/admin/avatar-reports'

let admin: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
})

async function reported(subject: string): Promise<string> {
  const contact = `rini-${crypto.randomUUID()}@example.test`
  const json = { subject, reason: 'no_consent', details: 'Ini wajah saya, tanpa izin', contact }
  const headers = { 'cf-connecting-ip': anyAddress() }
  return (await expectJson<{ id: string }>(request(`${AVATARS}/reports`, { json, headers }), 202)).id
}

type Decided = { deletion: { avatarsDeleted: number; picturesDeleted: number } | null }
const upheld = async (subject: string): Promise<Decided> => {
  const json = { decision: 'upheld', note: 'Looked at it' }
  return expectJson(requestAs(admin, `${ADMIN}/${await reported(subject)}/decision`, { json }), 200)
}
const avatarsOf = async ({ user }: Person) =>
  (await db.select({ id: avatars.id }).from(avatars).where(eq(avatars.userId, user.id))).map(({ id }) => id)

/** Somebody with an avatar of a photo. */
async function portrayed() {
  const person = await signUp()
  const { id: projectId } = await newAvatarProject(person)
  const [avatar] = await madeAvatars(person, uploadAvatar(person, projectId, photoForm(PHOTO)))
  return { person, projectId, avatar: avatar! }
}

describe('a face that is taken down is gone, whatever its owner deleted before', () => {
  test('variations are found by each other when the avatar that they were made from is gone', async () => {
    const { person, avatar } = await portrayed()
    for (const words of ['kemeja biru', 'kebaya putih'])
      await madeAvatars(person, startAvatars(person, `avatars/${avatar.id}/variations`, { words }))
    await deletedAvatar(person, avatar.id)
    const [first, ...others] = await avatarsOf(person)
    expect(others).toHaveLength(1)
    expect((await upheld(first!)).deletion).toMatchObject({ avatarsDeleted: 2 })
    expect(await avatarsOf(person)).toEqual([])
    expect(await objectsOf(person.user.id)).toEqual([])
  })

  test('avatars of one photo are found by each other when the photo is gone', async () => {
    const person = await signUp()
    const { id: projectId } = await newAvatarProject(person)
    const photo = await expectJson<Uploaded>(send(person, PHOTO, 'image/png'), 201)
    const wish = { referenceImageId: photo.id, consent: CONSENT }
    const at = `projects/${projectId}/avatars`
    const [one] = await madeAvatars(person, startAvatars(person, `${at}/from-reference`, { ...wish, seed: 1 }))
    await madeAvatars(person, startAvatars(person, `${at}/from-reference`, { ...wish, seed: 2 }))
    // Somebody of words alone stays, also with a seed that others have.
    const [other] = await madeAvatars(person, startAvatars(person, `${at}/generate`, { words: 'batik', seed: 1 }))
    expect((await requestAs(person, `/uploads/${photo.id}`, { method: 'DELETE' })).status).toBe(204)
    await upheld(one!.id)
    expect(await avatarsOf(person)).toEqual([other!.id])
  })

  test('a photo that a project lent to a shoot goes with the shoot, and is in no later one', async () => {
    const person = await signUp()
    const photo = await expectJson<Uploaded>(send(person, PHOTO, 'image/png'), 201)
    const project = await newProject(person, { avatarImageUrl: photo.id })
    const { generation } = await expectJson<Started>(generate(person, oneSmallPicture(project.id)), 202)
    await ended(person, generation.id)
    const [shot] = (await resultsOf(person, generation.id)).items
    expect((await upheld(shot!.id)).deletion).toMatchObject({ picturesDeleted: 1, avatarsDeleted: 0 })
    expect(await db.select().from(uploads).where(eq(uploads.userId, person.user.id))).toEqual([])
    expect(await objectsOf(person.user.id)).toEqual([])
  })

  test('a reported photo that nobody made an avatar of can be taken down', async () => {
    const person = await signUp()
    const photo = await expectJson<Uploaded>(send(person, PHOTO, 'image/png'), 201)
    const shown = await expectJson<{ pictureUrl: string }>(
      requestAs(admin, `${ADMIN}/${await reported(photo.id)}`),
      200,
    )
    expect((await request(`/${shown.pictureUrl}`)).headers.get('content-type')).toBe('image/png')
    expect((await upheld(photo.id)).deletion).toMatchObject({ avatarsDeleted: 0 })
    expect(await objectsOf(person.user.id)).toEqual([])
    expect((await request(`/${photo.url}`)).status).toBe(404)
  })
})

test('an admin sees what was declared of the face of every avatar of a start, and of what was made from it', async () => {
  const person = await signUp()
  const { id: projectId } = await newAvatarProject(person)
  const photo = await expectJson<Uploaded>(send(person, PHOTO, 'image/png'), 201)
  const wish = { referenceImageId: photo.id, consent: CONSENT, variationCount: 2 }
  const made = await madeAvatars(person, startAvatars(person, `projects/${projectId}/avatars/from-reference`, wish))
  const [varied] = await madeAvatars(person, startAvatars(person, `avatars/${made[1]!.id}/variations`, {}))
  for (const { id } of [...made, varied!])
    expect(await expectJson(requestAs(admin, `${ADMIN}/${await reported(id)}`), 200)).toMatchObject({
      consent: { kind: 'self', policyVersion: CONSENT.policyVersion },
    })
})

test('an avatar that came while its project was being deleted leaves no file behind', async () => {
  const userId = await userRow()
  const projectId = await avatarProjectRow(userId)
  await avatarWithPictures(userId, projectId)
  // It comes between the look at the project and the deletion.
  const DB = new Proxy(env.DB, {
    get(target, property) {
      const real: unknown = Reflect.get(target, property)
      if (property === 'batch')
        return async (statements: D1PreparedStatement[]) => {
          if (!(await avatarsOf({ user: { id: userId } } as Person))[1]) await avatarWithPictures(userId, projectId)
          return target.batch(statements)
        }
      return typeof real === 'function' ? real.bind(target) : real
    },
  })
  const deletion = await deleteAvatarProject(
    makeCtx({ ...env, DB }, 'test', () => {}),
    userId,
    projectId,
    {
      pictures: 'delete',
    },
  )
  expect(deletion).toMatchObject({ objectsDeleted: 4, endedAt: expect.any(Number) })
  expect(await objectsOf(userId)).toEqual([])
  const isIt = and(eq(avatarProjects.id, projectId), eq(avatarProjects.userId, userId))
  expect(await db.select().from(avatarProjects).where(isIt)).toEqual([])
})
