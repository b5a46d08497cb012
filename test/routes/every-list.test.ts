import { beforeAll, expect, test } from 'vitest'
import { poseCollectionItems, poseCollections } from '../../src/db/tables/collections'
import { auditLog, deadLetters, moderationViolations } from '../../src/db/tables/operations'
import { poseUses } from '../../src/db/tables/poses'
import { newId } from '../../src/kernel/ids'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { appJobRow, avatarDeletionRow, avatarProjectRow, avatarReportRow, avatarRow } from '../support/avatars'
import type { Person } from '../support/people'
import { buyFor, PEBISNIS } from '../support/plans'
import { presetRow, removePresetRows } from '../support/presets'
import {
  adjustmentRow,
  db,
  generationRow,
  hidePoseRows,
  makeAdmin,
  noticeRow,
  paymentRow,
  pictureJobRow,
  poseRow,
  projectRow,
  requestRow,
  uploadRow,
  userRow,
} from '../support/rows'
import { ended, startShoot } from '../support/shoots'
import { type Operation, routes } from '../support/walk'

type Entry = { id?: string; seq?: number; referenceId?: string; date?: string }
type Page = { items?: Entry[]; entries?: Entry[]; page: { nextCursor: string | null } }

let owner: Person
let admin: Person
let generationId: string
let collectionId: string
let projectId: string
let avatarProjectId: string
let avatarId: string
beforeAll(async () => {
  owner = await signUp()
  admin = await makeAdmin(await signUp())
  const shoot = await startShoot(owner, { batchSize: 5 })
  generationId = (await ended(owner, shoot.generation.id)).id
  projectId = shoot.projectId
  avatarProjectId = await avatarProjectRow(owner.user.id)
  avatarId = await avatarRow(owner.user.id, avatarProjectId)
  collectionId = newId('collection')
  await db
    .insert(poseCollections)
    .values({ id: collectionId, userId: owner.user.id, name: 'Walk', createdAt: 1, updatedAt: 1 })
  return async () => {
    await removePresetRows()
    await hidePoseRows()
  }
})

const EMAIL = `paged-${crypto.randomUUID()}`
let clock = Date.now()
const used = async () => {
  const poseId = await poseRow({ isPublic: true })
  await db.insert(poseUses).values({ userId: owner.user.id, poseId, uses: 1, lastUsedAt: ++clock })
}
const collected = async () => {
  const poseId = await poseRow({ isPublic: true })
  await db.insert(poseCollectionItems).values({ collectionId, poseId, addedAt: ++clock })
}
const recorded = () =>
  db.insert(auditLog).values({
    ...{ id: newId('audit'), actorId: admin.user.id, action: 'walk', subject: owner.user.id },
    ...{ details: '{}', requestId: 'walk', createdAt: clock },
  })
const refused = () =>
  db.insert(moderationViolations).values({
    ...{ id: newId('violation'), userId: owner.user.id, field: 'prompt', category: 'walk', termId: 'walk' },
    ...{ listVersion: 'walk', textHash: 'walk', requestId: 'walk', createdAt: clock },
  })
const parked = () =>
  db.insert(deadLetters).values({
    ...{ id: newId('deadLetter'), queue: 'walk', messageId: crypto.randomUUID(), body: '{}' },
    ...{ error: 'walk', attempts: 1, createdAt: clock },
  })

/** How each list gets one more; `query`: which of its items. */
const LISTS: Record<string, { add: () => unknown; query?: string }> = {
  listAvatarPresets: { add: () => presetRow() },
  listAuditRecords: { add: recorded, query: '&subject=OWNER' },
  listCreditAdjustments: { add: () => adjustmentRow(owner.user.id) },
  listDeadLetters: { add: parked },
  listCuratedPoses: { add: () => poseRow() },
  listModerationViolations: { add: refused, query: '&userId=OWNER' },
  listPaymentNotices: { add: async () => noticeRow(await paymentRow(owner.user.id)) },
  listPoseRequestsAsAdmin: { add: () => requestRow(owner.user.id) },
  listUsers: {
    add: () => userRow({ email: `${EMAIL}-${crypto.randomUUID()}@example.test` }),
    query: `&email=${EMAIL}`,
  },
  listUserEntries: { add: () => buyFor(owner.user.id, PEBISNIS) },
  listCollections: {
    add: () =>
      db.insert(poseCollections).values({
        ...{ id: newId('collection'), userId: owner.user.id, name: 'One more', createdAt: clock, updatedAt: clock },
      }),
  },
  showCollection: { add: collected },
  listExports: { add: () => pictureJobRow(owner.user.id) },
  listGenerations: { add: () => generationRow(owner.user.id, projectId) },
  // A job has the pictures that it was started with; those of another one must not get among them.
  listResults: { add: () => startShoot(owner) },
  listLibrary: { add: () => poseRow({ isPublic: true, displayOrder: ++clock }) },
  listRecentPoses: { add: used },
  listProjects: { add: () => projectRow(owner.user.id) },
  listPoseRequests: { add: () => requestRow(owner.user.id), query: '&mine=true' },
  listCreditEntries: { add: () => buyFor(owner.user.id, PEBISNIS) },
  showStatement: { add: () => buyFor(owner.user.id, PEBISNIS) },
  listPayments: { add: () => paymentRow(owner.user.id) },
  listUploads: { add: () => uploadRow(owner.user.id) },
  listAvatarProjects: { add: () => avatarProjectRow(owner.user.id) },
  listProjectAvatars: { add: () => avatarRow(owner.user.id, avatarProjectId) },
  listAvatars: { add: () => avatarRow(owner.user.id, avatarProjectId) },
  listAvatarGenerations: { add: () => appJobRow(owner.user.id) },
  listAvatarDeletions: { add: () => avatarDeletionRow(owner.user.id) },
  listAvatarReports: { add: () => avatarReportRow(null) },
  listAvatarUsage: { add: () => generationRow(owner.user.id, projectId, { avatarId }) },
}

const takesCursor = ({ parameters = [] }: Operation) => parameters.some(({ name }) => name === 'cursor')
const lists = routes.filter(takesCursor)

test('every list that has pages is in this table', () => {
  expect(lists.map(({ operationId }) => operationId).toSorted()).toEqual(Object.keys(LISTS).toSorted())
})

const keyOf = ({ id, seq, referenceId }: Entry) => id ?? seq ?? referenceId
const IDS: Record<string, () => string> = {
  listUserEntries: () => owner.user.id,
  showCollection: () => collectionId,
  listResults: () => generationId,
  listProjectAvatars: () => avatarProjectId,
  listAvatarUsage: () => avatarId,
}

test.each(lists.map((route) => [route.operationId, route] as const))(
  '%s shows everything that was there once, while more is added between its pages',
  async (name, route) => {
    const { add, query = '' } = LISTS[name]!
    for (let i = 0; i < 3; i++) await add()
    const path = route.path.replace('/api/v1', '').replace('{id}', () => IDS[name]!())
    const pageAfter = async (cursor: string | null, size: number) => {
      const asked = `${path}?limit=${size}${query.replace('OWNER', owner.user.id)}${cursor === null ? '' : `&cursor=${cursor}`}`
      const sent = route['x-access'] === 'public' ? request(asked) : requestAs(whoAsks(route), asked)
      const { items, entries, page } = await expectJson<Page>(sent, 200)
      return { keys: (items ?? entries)!.map(keyOf), next: page.nextCursor }
    }
    const there: ReturnType<typeof keyOf>[] = []
    for (let next: string | null = null, first = true; first || next !== null; first = false) {
      const page = await pageAfter(next, 100)
      there.push(...page.keys)
      next = page.next
    }
    // Lists of everybody are long in a database that other tests have used: not a request for every two.
    const limit = Math.max(2, Math.ceil(there.length / 8))
    const seen: ReturnType<typeof keyOf>[] = []
    for (let next: string | null = null, first = true; first || next !== null; first = false) {
      const page = await pageAfter(next, limit)
      seen.push(...page.keys)
      next = page.next
      // Newest come first in some lists and last in others: without an end there would always be one more page.
      if (seen.length < there.length) await add()
    }
    expect(there.length).toBeGreaterThan(limit)
    expect(there).not.toContain(undefined)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((key) => there.includes(key))).toEqual(there)
  },
  30_000,
)

const whoAsks = (route: (typeof lists)[number]): Person => (route['x-access'] === 'admin' ? admin : owner)
