import { describe, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { databaseCounts, projectRow } from '../support/rows'
import {
  deliver,
  ended,
  GENERATOR,
  generate,
  holdQueue,
  newProject,
  oneSmallPicture,
  type Page,
  requestIn,
  resultsOf,
  type Started,
  startShoot,
} from '../support/shoots'
import { upload } from '../support/uploads'
import { errorOf } from '../support/walk'

type Project = {
  id: string
  projectName: string
  description: string
  avatarSource: string
  avatarImageUrl: string | null
  status: string
  createdAt: string
  updatedAt: string
}

const PROJECTS = `${GENERATOR}/projects`
const show = (person: Person, id: string) => expectJson<Project>(requestAs(person, `${PROJECTS}/${id}`), 200)
const change = (person: Person, id: string, json: object) =>
  requestAs(person, `${PROJECTS}/${id}`, { method: 'PUT', json })
const remove = (person: Person, id: string) => requestAs(person, `${PROJECTS}/${id}`, { method: 'DELETE' })

describe('POST /projects and GET /projects/:id', () => {
  test('a name is enough; the rest has a default', async () => {
    const sari = await signUp()
    const made = await expectJson<Project>(requestAs(sari, PROJECTS, { json: { projectName: '  Kotak teh  ' } }), 201)
    expect(made).toMatchObject({
      projectName: 'Kotak teh',
      description: '',
      avatarSource: 'UPLOAD',
      avatarImageUrl: null,
      status: 'active',
    })
    expect(await show(sari, made.id)).toEqual(made)
  })

  test('text is kept as it was meant: quotes, emoji, other scripts, SQL', async () => {
    const sari = await signUp()
    for (const projectName of [
      "l'Oréal",
      'Robert"); DROP TABLE projects;--',
      '100% _katun_ \\',
      'توب 👗',
      '😀'.repeat(50),
    ]) {
      const { id } = await newProject(sari, { projectName, description: projectName })
      expect(await show(sari, id)).toMatchObject({ projectName, description: projectName })
    }
  })

  test('an avatar is an upload of one’s own; another’s is a 404', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const [mine, theirs] = [await upload(sari), await upload(budi)]
    const { id } = await newProject(sari, { avatarImageUrl: mine.id })
    expect(await show(sari, id)).toMatchObject({ avatarImageUrl: mine.id })
    const json = { projectName: 'x', avatarImageUrl: theirs.id }
    expect(await errorOf(await requestAs(sari, PROJECTS, { json }))).toMatchObject({
      statusCode: 404,
      details: { field: 'avatarImageUrl' },
    })
    expect((await change(sari, id, { avatarImageUrl: theirs.id })).status).toBe(404)
    expect(await show(sari, id)).toMatchObject({ avatarImageUrl: mine.id })
  })
})

describe('PUT /projects/:id', () => {
  test('changes what it names and leaves the rest', async () => {
    const sari = await signUp()
    const { id } = await newProject(sari, { description: 'teh hijau', avatarImageUrl: (await upload(sari)).id })
    const before = await show(sari, id)
    const after = await expectJson<Project>(change(sari, id, { projectName: 'Kotak kopi', status: 'archived' }), 200)
    expect(after).toEqual({ ...before, projectName: 'Kotak kopi', status: 'archived', updatedAt: after.updatedAt })
    expect(Date.parse(after.updatedAt)).toBeGreaterThanOrEqual(Date.parse(before.updatedAt))
    expect(await expectJson<Project>(change(sari, id, { avatarImageUrl: null, description: '' }), 200)).toMatchObject({
      avatarImageUrl: null,
      description: '',
    })
  })

  test('the owner, the id and the dates are nobody’s to set', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await newProject(sari)
    const before = await show(sari, id)
    for (const field of ['id', 'userId', 'createdAt', 'avatarSource', 'role']) {
      const error = await errorOf(await change(sari, id, { [field]: budi.user.id }))
      expect(error).toMatchObject({ statusCode: 422, issues: [{ field }] })
    }
    expect(await show(sari, id)).toEqual(before)
  })
})

describe('GET /projects (listProjects)', () => {
  test('pages from newest to oldest without a gap or a repeat, also while one is added', async () => {
    const sari = await signUp()
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.unshift((await newProject(sari)).id)
    const seen: string[] = []
    let cursor: string | null = ''
    do {
      const query: string = cursor ? `?limit=3&cursor=${cursor}` : '?limit=3'
      const { items, page }: Page<Project> = await expectJson(requestAs(sari, PROJECTS + query), 200)
      expect(items.length).toBeLessThanOrEqual(3)
      seen.push(...items.map((item) => item.id))
      cursor = page.nextCursor
      await newProject(sari)
    } while (cursor)
    expect(seen).toEqual(ids)
  })

  test('shows nobody else’s', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    await newProject(sari)
    expect((await expectJson<Page<Project>>(requestAs(budi, PROJECTS), 200)).items).toEqual([])
    const others = await projectRow(sari.user.id)
    const page = await expectJson<Page<Project>>(requestAs(budi, `${PROJECTS}?cursor=${others}Z`), 200)
    expect(page.items).toEqual([])
  })
})

describe('DELETE /projects/:id', () => {
  test('takes its generations and pictures out of every list', async () => {
    const sari = await signUp()
    const { projectId, generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const before = await databaseCounts(sari.user.id)
    expect((await remove(sari, projectId)).status).toBe(204)
    const after = await databaseCounts(sari.user.id)
    expect(after.projects).toBe(before.projects! - 1)
    expect(after.generations).toBe(before.generations! - 1)
    expect(after.generated_poses).toBe(before.generated_poses! - 1)
    expect((await requestAs(sari, `${PROJECTS}/${projectId}`)).status).toBe(404)
    expect((await remove(sari, projectId)).status).toBe(404)
    expect((await resultsOf(sari, generation.id)).items).toEqual([])
  })

  test('not while a picture of it is being made: 409, and nothing is gone', async () => {
    const sari = await signUp()
    await holdQueue(sari)
    const { projectId, generation } = await startShoot(sari)
    expect(await errorOf(await remove(sari, projectId))).toMatchObject({ statusCode: 409, code: 'CONFLICT' })
    expect(await show(sari, projectId)).toMatchObject({ id: projectId })
    const other = await newProject(sari)
    expect((await remove(sari, other.id)).status).toBe(204)
    await deliver(sari, generation.id, [0])
    expect((await remove(sari, projectId)).status).toBe(204)
  })

  test('asks for the bytes of its pictures to be deleted before its rows go', async () => {
    const sari = await signUp()
    const { projectId, generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const sent: { body: unknown }[] = []
    const queue = { sendBatch: async (batch: { body: unknown }[]) => void sent.push(...batch) }
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    const answer = await requestIn({ GENERATION_QUEUE: queue }, `${PROJECTS}/${projectId}`, {
      method: 'DELETE',
      headers,
    })
    expect(answer.status).toBe(204)
    expect(sent.map(({ body }) => body)).toEqual([
      expect.objectContaining({ type: 'erasure', userId: sari.user.id, jobId: generation.id }),
    ])
  })

  test('when that cannot be asked, nothing is deleted', async () => {
    const sari = await signUp()
    const { projectId, generation } = await startShoot(sari)
    await ended(sari, generation.id)
    const queue = { sendBatch: () => Promise.reject(new Error('the queue is away')) }
    const headers = { authorization: `Bearer ${sari.accessToken}` }
    const answer = await requestIn({ GENERATION_QUEUE: queue }, `${PROJECTS}/${projectId}`, {
      method: 'DELETE',
      headers,
    })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect(await show(sari, projectId)).toMatchObject({ id: projectId })
    expect((await resultsOf(sari, generation.id)).items).toHaveLength(1)
  })

  test('what was paid stays paid: the ledger remembers a deleted shoot', async () => {
    const sari = await signUp()
    const project = await newProject(sari)
    const { generation } = await expectJson<Started>(generate(sari, oneSmallPicture(project.id)), 202)
    await ended(sari, generation.id)
    await remove(sari, project.id)
    const { items } = await expectJson<Page<{ reference: string }>>(requestAs(sari, '/credits/entries'), 200)
    expect(items.filter((entry) => entry.reference === generation.id)).toHaveLength(2)
  })
})
