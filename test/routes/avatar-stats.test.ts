import { beforeEach, describe, expect, test } from 'vitest'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { AVATARS, appJobRow, avatarProjectRow, avatarRow, avatarWithPictures } from '../support/avatars'
import type { Person } from '../support/people'
import { generationRow, projectRow } from '../support/rows'
import { jpeg } from '../support/uploads'

type Stats = {
  projects: number
  avatars: number
  bySource: Record<string, number>
  createdLast7Days: number
  generations: Record<string, number>
  credits: { total: number; last30Days: number }
  topAvatars: { id: string; name: string; thumbnailUrl: string; usageCount: number; lastUsedAt: string | null }[]
}

const DAY_MS = 24 * 3_600_000
const WIB_MS = 7 * 3_600_000
/** The first millisecond of the day in Jakarta, so many days ago. */
const startOfDay = (daysAgo: number) => (Math.floor((Date.now() + WIB_MS) / DAY_MS) - daysAgo) * DAY_MS - WIB_MS
const statsOf = (person: Person) => expectJson<Stats>(requestAs(person, `${AVATARS}/stats`), 200)

let sari: Person
let projectId: string
beforeEach(async () => {
  sari = await signUp()
  projectId = await avatarProjectRow(sari.user.id)
})

describe('GET /apps/avatar-creator/stats (showAvatarStats)', () => {
  test('who has just come sees zeros everywhere', async () => {
    const answer = await requestAs(await signUp(), `${AVATARS}/stats`)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(await answer.json()).toEqual({
      ...{ projects: 0, avatars: 0, createdLast7Days: 0, credits: { total: 0, last30Days: 0 }, topAvatars: [] },
      bySource: { uploaded: 0, text_to_image: 0, from_preset: 0, from_reference: 0, variation: 0 },
      generations: { pending: 0, processing: 0, completed: 0, partial: 0, failed: 0, cancelled: 0 },
    })
  })

  test('counts projects, avatars by the way they came, and those of seven days of Jakarta', async () => {
    await avatarProjectRow(sari.user.id)
    for (const [sourceType, createdAt] of [
      ['uploaded', Date.now()] as const,
      ['text_to_image', startOfDay(6)] as const,
      ['text_to_image', startOfDay(6) - 1] as const,
      ['variation', 1] as const,
    ])
      await avatarRow(sari.user.id, projectId, { sourceType, createdAt })
    const budi = await signUp()
    await avatarRow(budi.user.id, await avatarProjectRow(budi.user.id))
    const stats = await statsOf(sari)
    expect(stats).toMatchObject({ projects: 2, avatars: 4, createdLast7Days: 2 })
    expect(stats.bySource).toEqual({ uploaded: 1, text_to_image: 2, from_preset: 0, from_reference: 0, variation: 1 })
  })

  test('money is what jobs of this app charged, whole and of thirty days; failed ones charged nothing', async () => {
    for (const [creditsCharged, createdAt] of [
      [10, Date.now()] as const,
      [12, startOfDay(29)] as const,
      [8, startOfDay(29) - 1] as const,
    ])
      await appJobRow(sari.user.id, { creditsCharged, createdAt })
    await appJobRow(sari.user.id, { status: 'failed', completed: 0, failed: 1, creditsCharged: 0 })
    await appJobRow(sari.user.id, { status: 'cancelled', completed: 0, cancelled: 1, creditsCharged: 0 })
    await appJobRow(sari.user.id, { app: 'app-of-tomorrow', creditsCharged: 99 })
    await appJobRow((await signUp()).user.id, { creditsCharged: 77 })
    const stats = await statsOf(sari)
    expect(stats.credits).toEqual({ total: 30, last30Days: 22 })
    expect(stats.generations).toMatchObject({ completed: 3, failed: 1, cancelled: 1, partial: 0 })
  })

  test('the five that were used most, with pictures that can be seen; those never used are left out', async () => {
    const shoots = await projectRow(sari.user.id)
    const used: string[] = []
    for (let n = 0; n < 7; n++) {
      const avatarId = await avatarWithPictures(sari.user.id, projectId, { name: `Avatar ${n}` })
      used.push(avatarId)
      for (let times = 0; times < n; times++) await generationRow(sari.user.id, shoots, { avatarId, createdAt: n })
    }
    const { topAvatars } = await statsOf(sari)
    expect(topAvatars.map(({ id, name, usageCount }) => [id, name, usageCount])).toEqual(
      [6, 5, 4, 3, 2].map((n) => [used[n], `Avatar ${n}`, n]),
    )
    expect(topAvatars[0]?.lastUsedAt).toBe('1970-01-01T00:00:00.006Z')
    const picture = await request(topAvatars[0]!.thumbnailUrl.replace('/api/v1', ''))
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg'])
    expect(new Uint8Array(await picture.arrayBuffer())).toEqual(jpeg)
  })
})
