import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { makeCtx } from '../../src/ctx'
import { avatarDeletions } from '../../src/db/tables/likeness'
import { uploadKey } from '../../src/uploads/object-key'
import { expectJson, requestAs } from './app'
import { AVATARS, avatarWithPictures, newAvatarProject } from './avatars'
import type { Person } from './people'
import { db, uploadRow } from './rows'
import { ended, generate, newProject, oneSmallPicture, type Started } from './shoots'
import { png } from './uploads'

export type Deletion = {
  id: string
  avatarId: string | null
  projectId: string | null
  reason: string
  status: 'done' | 'pending'
  objectsDeleted: number
  picturesDeleted: number
  generationsKept: number
  avatarsDeleted: number
  variationsDeleted: number
  createdAt: string
  endedAt: string | null
}

export const ctx = makeCtx(env, 'test', () => {})

/** Everything that R2 has of somebody, or below a prefix. */
export async function objectsOf(userId: string, below = ''): Promise<string[]> {
  const { objects } = await env.MEDIA.list({ prefix: `u/${userId}/${below}` })
  return objects.map(({ key }) => key)
}

/** An upload with its bytes. */
export async function photoOf(person: Person): Promise<string> {
  const id = await uploadRow(person.user.id)
  await env.MEDIA.put(uploadKey(person.user.id, id), png)
  return id
}

/** An avatar that was made from a photograph, in a project of its own. */
export async function portrayed(person: Person) {
  const { id: projectId } = await newAvatarProject(person)
  const uploadId = await photoOf(person)
  const avatarId = await avatarWithPictures(person.user.id, projectId, { uploadId, sourceType: 'uploaded' })
  return { projectId, uploadId, avatarId }
}

/** A shoot of two small pictures with this avatar, once it has ended. Answers its id. */
export async function shotWith(person: Person, avatarId: string): Promise<string> {
  const project = await newProject(person)
  const body = oneSmallPicture(project.id, { avatarId, batchSize: 2 })
  const { generation } = await expectJson<Started>(generate(person, body), 202)
  await ended(person, generation.id)
  return generation.id
}

export const deleteAvatar = (person: Person, id: string, query = ''): Promise<Response> =>
  requestAs(person, `${AVATARS}/avatars/${id}${query}`, { method: 'DELETE' })

export const deletedAvatar = (person: Person, id: string, query = ''): Promise<Deletion> =>
  expectJson(deleteAvatar(person, id, query), 200)

export const showDeletion = (person: Person, id: string): Promise<Deletion> =>
  expectJson(requestAs(person, `${AVATARS}/deletions/${id}`), 200)

export const deletionRow = async (id: string) =>
  (await db.select().from(avatarDeletions).where(eq(avatarDeletions.id, id)))[0]!

/** R2 whose `method` fails from its `from`-th call on. */
export function brokenMedia(method: 'list' | 'delete' | 'head', from = 1): { MEDIA: R2Bucket } {
  let calls = 0
  const MEDIA = new Proxy(env.MEDIA, {
    get(bucket, property) {
      const real: unknown = Reflect.get(bucket, property)
      if (typeof real !== 'function') return real
      return (...sent: unknown[]) => {
        if (property === method && ++calls >= from) return Promise.reject(new Error('R2 is away'))
        return Reflect.apply(real, bucket, sent)
      }
    },
  })
  return { MEDIA }
}
