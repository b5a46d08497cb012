import { env } from 'cloudflare:workers'
import { appJobs, appSettings } from '../../src/db/tables/apps'
import { avatarProjects, avatars } from '../../src/db/tables/avatars'
import { avatarConsents, avatarDeletions, avatarReports } from '../../src/db/tables/likeness'
import { newId } from '../../src/kernel/ids'
import { expectJson, requestAs } from './app'
import type { Person } from './people'
import { db } from './rows'
import type { Page } from './shoots'
import { jpeg, png } from './uploads'

export const AVATARS = '/apps/avatar-creator'

export type AvatarProject = {
  id: string
  name: string
  description: string
  avatarsCount: number
  createdAt: string
  updatedAt: string
}
export type Persona = { name: string | null; age: number | null; personality: string[]; background: string }
export type Avatar = {
  id: string
  projectId: string
  generationId: string
  name: string
  sourceType: string
  persona: Persona
  attributes: Record<string, string | null>
  words: string
  imageUrl: string
  thumbnailUrl: string
  width: number
  height: number
  face: { x: number; y: number; width: number; height: number } | null
  palette: Record<'skin' | 'hair' | 'top' | 'bottom', string | null>
  provider: string | null
  model: string | null
  simulated: boolean
  promptUsed: string | null
  seedUsed: number | null
  presetId: string | null
  parentId: string | null
  sourceUploadId: string | null
  usageCount: number
  lastUsedAt: string | null
  createdAt: string
  updatedAt: string
}

/** A project as its owner makes it. */
export const newAvatarProject = (person: Person, fields: object = {}): Promise<AvatarProject> =>
  expectJson(requestAs(person, `${AVATARS}/projects`, { json: { name: 'Katalog', ...fields } }), 201)

export const showAvatarProject = (person: Person, id: string): Promise<AvatarProject & { avatars: Page<Avatar> }> =>
  expectJson(requestAs(person, `${AVATARS}/projects/${id}`), 200)

export const showAvatar = (person: Person, id: string): Promise<Avatar> =>
  expectJson(requestAs(person, `${AVATARS}/avatars/${id}`), 200)

export const updateAvatar = (person: Person, id: string, json: unknown): Promise<Response> =>
  requestAs(person, `${AVATARS}/avatars/${id}`, { method: 'PUT', json })

export const listAvatars = (person: Person, query = ''): Promise<Page<Avatar>> =>
  expectJson(requestAs(person, `${AVATARS}/avatars${query}`), 200)

type Partly<T extends { $inferInsert: unknown }> = Partial<T['$inferInsert']>

/** Rows with everything that a test does not care about filled in; each returns the id of its row. */
export async function avatarProjectRow(userId: string, values: Partly<typeof avatarProjects> = {}): Promise<string> {
  const id = values.id ?? newId('avatarProject')
  await db.insert(avatarProjects).values({ userId, name: 'Row', createdAt: 1, updatedAt: 1, ...values, id })
  return id
}

export async function avatarRow(
  userId: string,
  projectId: string,
  values: Partly<typeof avatars> = {},
): Promise<string> {
  const id = values.id ?? newId('avatar')
  await db.insert(avatars).values({
    ...{ userId, projectId, generationId: newId('avatarGeneration'), position: 0, name: 'Row', lookSeed: 1 },
    ...{ sourceType: 'text_to_image' as const, provider: 'embedded', model: 'row', promptUsed: '', seedUsed: 1 },
    ...{ objectKey: `u/${userId}/${id}/picture`, thumbnailKey: `u/${userId}/${id}/thumb.jpg`, sizeBytes: 1 },
    ...{ widthPx: 1, heightPx: 1, createdAt: 1, updatedAt: 1 },
    palette: { skin: null, hair: null, top: null, bottom: null },
    ...values,
    id,
  })
  return id
}

/** The same with its picture and its thumbnail in R2. */
export async function avatarWithPictures(
  userId: string,
  projectId: string,
  values: Partly<typeof avatars> = {},
): Promise<string> {
  const id = await avatarRow(userId, projectId, values)
  await env.MEDIA.put(`u/${userId}/${id}/picture`, png, { httpMetadata: { contentType: 'image/png' } })
  await env.MEDIA.put(`u/${userId}/${id}/thumb.jpg`, jpeg, { httpMetadata: { contentType: 'image/jpeg' } })
  return id
}

/** A finished job of the Avatar Creator. */
export async function appJobRow(userId: string, values: Partly<typeof appJobs> = {}): Promise<string> {
  const id = values.id ?? newId('avatarGeneration')
  await db.insert(appJobs).values({
    ...{ userId, app: 'avatar-creator', projectId: 'avp_row', type: 'text_to_image', status: 'completed' as const },
    ...{ total: 1, completed: 1, failed: 0, cancelled: 0, creditsCharged: 10, version: 1, createdAt: 1, endedAt: 1 },
    ...values,
    id,
  })
  return id
}

export async function consentRow(userId: string, avatarId: string | null): Promise<string> {
  const id = newId('avatarConsent')
  await db.insert(avatarConsents).values({
    ...{ id, userId, avatarId, generationId: newId('avatarGeneration'), kind: 'self', policyVersion: 'row' },
    ...{ statementSha256: '00', createdAt: 1 },
  })
  return id
}

export async function avatarReportRow(avatarId: string | null): Promise<string> {
  const id = newId('avatarReport')
  await db.insert(avatarReports).values({
    ...{
      id,
      avatarId,
      subject: avatarId ?? 'row',
      reason: 'other',
      details: 'Row of a test',
      contact: 'a@example.test',
    },
    createdAt: 1,
  })
  return id
}

/** A deletion that has come to its end. */
export async function avatarDeletionRow(userId: string): Promise<string> {
  const id = newId('avatarDeletion')
  await db.insert(avatarDeletions).values({
    ...{ id, userId, avatarId: newId('avatar'), reason: 'owner', targets: [], picturesDeleted: 0, generationsKept: 0 },
    ...{ createdAt: 1, endedAt: 2 },
  })
  return id
}

/** What an admin changed of an app that nobody has. */
export async function appSettingRow(): Promise<string> {
  const appId = `row-${crypto.randomUUID()}`
  await db.insert(appSettings).values({ appId, minTier: 'free', version: 1, updatedBy: 'usr_row', updatedAt: 1 })
  return appId
}
