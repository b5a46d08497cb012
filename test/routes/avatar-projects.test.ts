import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { MAX_AVATAR_PROJECTS } from '../../src/avatars/find-avatar-project'
import { newId } from '../../src/kernel/ids'
import { expectJson, requestAs, signUp } from '../support/app'
import {
  AVATARS,
  type Avatar,
  type AvatarProject,
  avatarProjectRow,
  avatarRow,
  newAvatarProject,
  showAvatarProject,
} from '../support/avatars'
import type { Person } from '../support/people'
import type { Page } from '../support/shoots'
import { errorOf } from '../support/walk'

const PROJECTS = `${AVATARS}/projects`
let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

const list = (person: Person, query = ''): Promise<Page<AvatarProject>> =>
  expectJson(requestAs(person, `${PROJECTS}${query}`), 200)
const change = (person: Person, id: string, json: unknown) =>
  requestAs(person, `${PROJECTS}/${id}`, { method: 'PUT', json })

describe('POST /apps/avatar-creator/projects (createAvatarProject)', () => {
  test('gives back what was sent, trimmed, with no avatars yet', async () => {
    const made = await newAvatarProject(sari, { name: '  Katalog Lebaran ', description: 'Gamis & koko' })
    expect(made).toEqual({
      ...{ id: expect.stringMatching(/^avp_/), name: 'Katalog Lebaran', description: 'Gamis & koko', avatarsCount: 0 },
      ...{ createdAt: expect.any(String), updatedAt: made.createdAt },
    })
    expect(await showAvatarProject(sari, made.id)).toEqual({
      ...made,
      avatars: { items: [], page: { nextCursor: null, limit: 20 } },
    })
  })

  test('a description may be left out; a name may not, nor be empty or longer than 100 characters', async () => {
    expect(await newAvatarProject(sari)).toMatchObject({ description: '' })
    for (const [json, field] of [
      [{}, 'name'],
      [{ name: ' ' }, 'name'],
      [{ name: 'x'.repeat(101) }, 'name'],
      [{ name: '<b>x</b>' }, 'name'],
      [{ name: 'x', description: 'x'.repeat(501) }, 'description'],
      [{ name: 'x', userId: sari.user.id }, 'userId'],
    ] as const) {
      const { code, issues } = await errorOf(await requestAs(sari, PROJECTS, { json }))
      expect([code, issues[0]?.field]).toEqual(['VALIDATION_FAILED', field])
    }
    await newAvatarProject(sari, { name: 'x'.repeat(100), description: 'x'.repeat(500) })
  })

  test('there are at most five hundred, also when the last place is asked for twice at once', async () => {
    const budi = await signUp()
    await env.DB.prepare(
      `insert into avatar_projects (id, user_id, name, created_at, updated_at)
       select 'avp_' || ?1 || value, ?2, 'Row', 1, 1 from json_each(?3)`,
    )
      .bind(
        crypto.randomUUID(),
        budi.user.id,
        JSON.stringify(Array.from({ length: MAX_AVATAR_PROJECTS - 1 }, (_, n) => n)),
      )
      .run()
    const answers = await Promise.all([1, 2].map(() => requestAs(budi, PROJECTS, { json: { name: 'Terakhir' } })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const refused = answers.find(({ status }) => status === 409)!
    expect(await errorOf(refused)).toMatchObject({ code: 'CONFLICT', details: { limit: MAX_AVATAR_PROJECTS } })
    expect((await requestAs(sari, PROJECTS, { json: { name: 'Punya Sari' } })).status).toBe(201)
  })
})

describe('GET /apps/avatar-creator/projects (listAvatarProjects)', () => {
  test('shows one’s own, newest first, each with its number of avatars', async () => {
    const budi = await signUp()
    const [first, second] = [await newAvatarProject(budi), await newAvatarProject(budi)]
    for (const position of [0, 1, 2]) await avatarRow(budi.user.id, first.id, { position })
    await avatarRow(sari.user.id, (await newAvatarProject(sari)).id)
    const { items } = await list(budi)
    expect(items.map(({ id, avatarsCount }) => [id, avatarsCount])).toEqual([
      [second.id, 0],
      [first.id, 3],
    ])
  })

  test('is paged', async () => {
    const budi = await signUp()
    for (let n = 0; n < 5; n++) await avatarProjectRow(budi.user.id)
    const first = await list(budi, '?limit=3')
    const second = await list(budi, `?limit=3&cursor=${first.page.nextCursor}`)
    expect([first.items.length, second.items.length, second.page.nextCursor]).toEqual([3, 2, null])
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(5)
  })
})

describe('GET /apps/avatar-creator/projects/:id (showAvatarProject, listProjectAvatars)', () => {
  test('a project of 45 avatars shows twenty, and the others in two pages more, none twice', async () => {
    const { id } = await newAvatarProject(sari)
    const made: string[] = []
    for (let n = 0; n < 45; n++) made.push(await avatarRow(sari.user.id, id, { name: `Avatar ${n}` }))
    await avatarRow(sari.user.id, (await newAvatarProject(sari)).id)
    const shown = await showAvatarProject(sari, id)
    expect(shown).toMatchObject({ id, avatarsCount: 45, avatars: { page: { limit: 20 } } })
    const next = (cursor: string | null) =>
      expectJson<Page<Avatar>>(requestAs(sari, `${PROJECTS}/${id}/avatars?cursor=${cursor}`), 200)
    const second = await next(shown.avatars.page.nextCursor)
    const third = await next(second.page.nextCursor)
    const pages = [shown.avatars, second, third]
    expect(pages.map(({ items }) => items.length)).toEqual([20, 20, 5])
    expect(third.page).toEqual({ nextCursor: null, limit: 20 })
    expect(pages.flatMap(({ items }) => items.map((avatar) => avatar.id))).toEqual(made.toReversed())
  })

  test('somebody else’s is not found, whichever way it is asked for, and stays as it is', async () => {
    const [{ id }, budi] = [await newAvatarProject(sari, { name: 'Asli' }), await signUp()]
    for (const path of [`${PROJECTS}/${id}`, `${PROJECTS}/${id}/avatars`])
      expect((await requestAs(budi, path)).status).toBe(404)
    expect((await change(budi, id, { name: 'Curian' })).status).toBe(404)
    expect(await showAvatarProject(sari, id)).toMatchObject({ name: 'Asli' })
    expect((await change(sari, newId('avatarProject'), { name: 'Tidak ada' })).status).toBe(404)
  })
})

describe('PUT /apps/avatar-creator/projects/:id (updateAvatarProject)', () => {
  test('changes what is named, leaves the rest, and answers with the number of avatars', async () => {
    const { id, createdAt } = await newAvatarProject(sari, { name: 'Lama', description: 'Lama juga' })
    await avatarRow(sari.user.id, id)
    const renamed = await expectJson<AvatarProject>(change(sari, id, { name: 'Baru' }), 200)
    expect(renamed).toMatchObject({ id, name: 'Baru', description: 'Lama juga', avatarsCount: 1, createdAt })
    expect(await expectJson(change(sari, id, { description: '' }), 200)).toMatchObject({
      name: 'Baru',
      description: '',
    })
    expect((await showAvatarProject(sari, id)).updatedAt >= renamed.updatedAt).toBe(true)
    expect((await change(sari, id, { name: '' })).status).toBe(422)
  })
})
