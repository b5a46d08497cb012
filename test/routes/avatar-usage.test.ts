import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import { writeProjection } from '../../durable-objects/user/project'
import { newId } from '../../src/kernel/ids'
import { expectJson, requestAs, signUp } from '../support/app'
import { AVATARS, appJobRow, avatarProjectRow, avatarRow, showAvatar } from '../support/avatars'
import type { Person } from '../support/people'
import { generationRow, projectRow } from '../support/rows'
import type { Page } from '../support/shoots'

type Usage = { app: string; appName: string; action: string; referenceId: string; pictures: number; createdAt: string }
type Summary = {
  total: number
  lastUsedAt: string | null
  apps: { app: string; appName: string; count: number; pictures: number; lastUsedAt: string }[]
}

let sari: Person
let projectId: string
let avatarId: string
beforeEach(async () => {
  sari = await signUp()
  projectId = await projectRow(sari.user.id)
  avatarId = await avatarRow(sari.user.id, await avatarProjectRow(sari.user.id))
})

const historyOf = (query = '', headers = {}): Promise<Page<Usage>> =>
  expectJson(requestAs(sari, `${AVATARS}/avatars/${avatarId}/usage-history${query}`, { headers }), 200)
const summaryOf = (headers = {}): Promise<Summary> =>
  expectJson(requestAs(sari, `${AVATARS}/avatars/${avatarId}/usage-summary`, { headers }), 200)

describe('GET /apps/avatar-creator/avatars/:id/usage-history (listAvatarUsage)', () => {
  test('has one line for each generation, latest first, with the app in the caller’s language', async () => {
    expect(await historyOf()).toEqual({ items: [], page: { nextCursor: null, limit: 24 } })
    const shoot = await generationRow(sari.user.id, projectId, { avatarId, posesTotal: 12, createdAt: 1_000 })
    const variation = await appJobRow(sari.user.id, { avatarId, type: 'variation', total: 2, createdAt: 2_000 })
    await generationRow(sari.user.id, projectId)
    const { items } = await historyOf()
    expect(items).toEqual([
      {
        ...{ app: 'avatar-creator', appName: 'Avatar Creator', action: 'variation', referenceId: variation },
        ...{ pictures: 2, createdAt: '1970-01-01T00:00:02.000Z' },
      },
      {
        ...{ app: 'pose-generator', appName: 'Pose Generator', action: 'GALLERY_REFERENCE', referenceId: shoot },
        ...{ pictures: 12, createdAt: '1970-01-01T00:00:01.000Z' },
      },
    ])
    const inIndonesian = await historyOf('', { 'accept-language': 'id' })
    expect(inIndonesian.items.map(({ appName }) => appName)).toEqual(['Pembuat Avatar', 'Pembuat Pose'])
  })

  test('is written once, however often the job’s object writes its row', async () => {
    const id = newId('generation')
    const projection = (version: number, completed: number): Parameters<typeof writeProjection>[2] => ({
      jobs: [
        {
          view: {
            ...{ id, app: 'pose-generator', projectId, type: 'GALLERY_REFERENCE', textPrompt: null },
            ...{ status: completed === 3 ? 'completed' : 'processing', fund: 'credits', total: 3, completed },
            ...{ failed: 0, cancelled: 0, creditsHeld: 90, creditsCharged: 30 * completed, creditsReleased: 0 },
            ...{ createdAt: 5, startedAt: 5, endedAt: null, queuePosition: 0, currentPose: null, remainingMs: 0 },
            isDelayed: false,
          },
          ...{ version, poseIds: [], avatarId },
        },
      ],
      entries: [],
    })
    for (const [version, completed] of [
      [1, 0] as const,
      [1, 0] as const,
      [3, 2] as const,
      [2, 1] as const,
      [4, 3] as const,
    ])
      await writeProjection(env.DB, sari.user.id, projection(version, completed))
    expect((await historyOf()).items.map(({ referenceId }) => referenceId)).toEqual([id])
    expect(await showAvatar(sari, avatarId)).toMatchObject({ usageCount: 1, lastUsedAt: '1970-01-01T00:00:00.005Z' })
  })

  test('is paged, and a cursor of another list is refused', async () => {
    for (let n = 0; n < 5; n++) await generationRow(sari.user.id, projectId, { avatarId, createdAt: n })
    const first = await historyOf('?limit=3')
    const second = await historyOf(`?limit=3&cursor=${first.page.nextCursor}`)
    const times = [...first.items, ...second.items].map(({ createdAt }) => Date.parse(createdAt))
    expect([times, second.page.nextCursor]).toEqual([[4, 3, 2, 1, 0], null])
    const path = `${AVATARS}/avatars/${avatarId}/usage-history?cursor=${avatarId}`
    expect((await requestAs(sari, path)).status).toBe(422)
  })
})

describe('GET /apps/avatar-creator/avatars/:id/usage-summary (showUsageSummary)', () => {
  test('adds up what the history lists, app by app, the most used first', async () => {
    expect(await summaryOf()).toEqual({ total: 0, lastUsedAt: null, apps: [] })
    for (const [createdAt, posesTotal] of [[1_000, 10] as const, [9_000, 4] as const, [4_000, 1] as const])
      await generationRow(sari.user.id, projectId, { avatarId, createdAt, posesTotal })
    await appJobRow(sari.user.id, { avatarId, type: 'variation', createdAt: 5_000 })
    await appJobRow(sari.user.id, { avatarId, app: 'app-of-tomorrow', type: 'MIX', total: 7, createdAt: 8_000 })
    expect(await summaryOf()).toEqual({
      ...{ total: 5, lastUsedAt: '1970-01-01T00:00:09.000Z' },
      apps: [
        {
          ...{ app: 'pose-generator', appName: 'Pose Generator', count: 3, pictures: 15 },
          lastUsedAt: '1970-01-01T00:00:09.000Z',
        },
        {
          ...{ app: 'app-of-tomorrow', appName: 'app-of-tomorrow', count: 1, pictures: 7 },
          lastUsedAt: '1970-01-01T00:00:08.000Z',
        },
        {
          ...{ app: 'avatar-creator', appName: 'Avatar Creator', count: 1, pictures: 1 },
          lastUsedAt: '1970-01-01T00:00:05.000Z',
        },
      ],
    })
    expect(await showAvatar(sari, avatarId)).toMatchObject({ usageCount: 5, lastUsedAt: '1970-01-01T00:00:09.000Z' })
  })

  test('a deleted shoot was a use all the same', async () => {
    const generation = await generationRow(sari.user.id, projectId, { avatarId })
    await env.DB.prepare('delete from generations where id = ?').bind(generation).run()
    expect(await summaryOf()).toMatchObject({ total: 1 })
    expect((await historyOf()).items.map(({ referenceId }) => referenceId)).toEqual([generation])
  })

  test('somebody else’s avatar has neither history nor summary', async () => {
    const budi = await signUp()
    for (const part of ['usage-history', 'usage-summary'])
      expect((await requestAs(budi, `${AVATARS}/avatars/${avatarId}/${part}`)).status).toBe(404)
  })
})
