import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { poseRequests } from '../../src/db/tables/requests'
import { newId } from '../../src/kernel/ids'
import { TRIES_PER_DAY } from '../../src/requests/create-request'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import {
  ask,
  asked,
  everyPage,
  newName,
  type PoseRequest,
  REQUESTS,
  showRequest,
  vote,
  wish,
} from '../support/requests'
import { db, makeAdmin, requestRow, stateOf, userRow } from '../support/rows'
import { upload } from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
let budi: Person
beforeAll(async () => {
  sari = await signUp()
  budi = await signUp()
})

describe('asking for a pose (createPoseRequest)', () => {
  test('the request waits with no votes, and the library poses that fit its name are shown at once', async () => {
    const person = await signUp()
    const name = `  Carry a box\n ${crypto.randomUUID()} `
    const { request: made, similar } = await expectJson<{ request: PoseRequest; similar: { id: string }[] }>(
      ask(person, { name, category: 'box', creditName: 'Toko Sari' }),
      201,
    )
    expect(made).toMatchObject({
      ...{ name: name.trim().replace(/\s+/g, ' '), category: 'box', useCase: 'social', status: 'pending' },
      ...{ votesCount: 0, hasVoted: false, isMine: true, adminNotes: null, creditName: 'Toko Sari' },
      ...{ completedPoseId: null, completedPoseUrl: null, referenceImageUrl: null },
    })
    expect(made.id).toMatch(/^req_/)
    expect(similar.length).toBeGreaterThan(0)
    expect(similar.length).toBeLessThanOrEqual(3)
    for (const { id } of similar) expect(id).toMatch(/box/)
    expect(await showRequest(person, made.id)).toEqual(made)
  })

  test('others see it without seeing whose it is', async () => {
    const made = await asked(await signUp())
    expect(await showRequest(budi, made.id)).toEqual({ ...made, isMine: false })
    expect(JSON.stringify(await showRequest(budi, made.id))).not.toContain('usr_')
    expect((await request(`${REQUESTS}/${made.id}`)).status).toBe(401)
  })

  test('what is missing, too short or not ours is named', async () => {
    const person = await signUp()
    const cases: [object, string][] = [
      [{ name: 'ab' }, 'name'],
      [{ description: 'too short' }, 'description'],
      [{ description: 'x'.repeat(1001) }, 'description'],
      [{ useCase: 'art' }, 'useCase'],
      [{ category: 'no-such-category' }, 'category'],
      [{ creditName: 'x'.repeat(61) }, 'creditName'],
      [{ referenceImageId: 'img_1' }, 'referenceImageId'],
    ]
    for (const [fields, field] of cases) {
      const { statusCode, issues } = await errorOf(await ask(person, fields))
      expect([statusCode, issues[0]?.field]).toEqual([422, field])
    }
  })

  test('forbidden words are refused in every field and leave nothing but their record', async () => {
    const person = await signUp()
    for (const field of ['name', 'description', 'creditName']) {
      const answer = await ask(person, { [field]: 'completely nude woman' })
      expect(await errorOf(answer)).toMatchObject({ statusCode: 422, code: 'PROMPT_REJECTED' })
    }
    expect(await db.select().from(poseRequests).where(eq(poseRequests.userId, person.user.id))).toEqual([])
  })

  test('somebody else’s picture cannot be its reference', async () => {
    const { id } = await upload(budi)
    expect(await errorOf(await ask(sari, { referenceImageId: id }))).toMatchObject({ statusCode: 404 })
  })

  test('whoever asks for what waits already is sent there to vote', async () => {
    const made = await asked(await signUp())
    const before = await stateOf(budi.user.id)
    const error = await errorOf(await ask(budi, { name: ` ${made.name.toUpperCase().replace(/ /g, '   ')} ` }))
    expect(error).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { requestId: made.id } })
    expect(await stateOf(budi.user.id)).toEqual(before)
    expect(await expectJson(vote(budi, made.id), 200)).toEqual({ votesCount: 1, hasVoted: true })
  })

  test('a name is free again once its request has its end', async () => {
    const name = newName()
    await requestRow(await userRow(), { name, status: 'rejected', announcedAt: 1 })
    expect((await asked(await signUp(), { name })).name).toBe(name)
  })

  test('of twenty at once five are accepted; one of them decided makes room for one', async () => {
    const person = await signUp()
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(person)))
    const accepted = answers.filter(({ status }) => status === 201)
    expect([accepted.length, answers.filter(({ status }) => status === 409).length]).toEqual([5, 15])
    const refused = answers.find(({ status }) => status === 409)!
    expect(await errorOf(refused)).toMatchObject({ code: 'CONFLICT', details: { open: 5 } })
    const { request: first } = (await accepted[0]!.json()) as { request: PoseRequest }
    await db.update(poseRequests).set({ status: 'rejected', announcedAt: 1 }).where(eq(poseRequests.id, first.id))
    expect([(await ask(person)).status, (await ask(person)).status]).toEqual([201, 409])
  })

  test('ten a day are enough, whatever became of them', async () => {
    const person = await signUp()
    for (let n = 0; n < 10; n++)
      await requestRow(person.user.id, { name: newName(), status: 'rejected', announcedAt: 1, createdAt: Date.now() })
    const answer = await ask(person)
    expect(await errorOf(answer)).toMatchObject({ statusCode: 429, code: 'RATE_LIMITED', details: { perDay: 10 } })
    const seconds = Number(answer.headers.get('retry-after'))
    expect(seconds).toBeGreaterThan(0)
    expect(seconds).toBeLessThanOrEqual(86_400)
  })

  test('asking and taking back in turns has an end: forty tries a day', async () => {
    const person = await signUp()
    const statuses: number[] = []
    for (let n = 0; n < TRIES_PER_DAY.max + 1; n++) {
      const answer = await ask(person)
      statuses.push(answer.status)
      if (answer.status !== 201) continue
      const { request: made } = (await answer.json()) as { request: PoseRequest }
      expect((await requestAs(person, `${REQUESTS}/${made.id}`, { method: 'DELETE' })).status).toBe(204)
    }
    expect(statuses).toEqual([...Array(TRIES_PER_DAY.max).fill(201), 429])
  }, 30_000)

  test('of five people who ask for the same at once one does, and four are sent to vote for that one', async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => signUp()))
    const name = newName()
    const answers = await Promise.all(people.map((person) => ask(person, { name })))
    const made = answers.find(({ status }) => status === 201)!
    const { request: one } = (await made.json()) as { request: PoseRequest }
    const refusals = await Promise.all(answers.filter((answer) => answer !== made).map(errorOf))
    expect(refusals.map(({ code, details }) => [code, details?.requestId])).toEqual(
      Array.from({ length: 4 }, () => ['CONFLICT', one.id]),
    )
  })
})

describe('the reference picture', () => {
  test('is shown to requester and admins, and to all once the request is approved', async () => {
    const person = await signUp()
    const admin = await makeAdmin(await signUp())
    const { id: referenceImageId } = await upload(person)
    const { id, referenceImageUrl } = await asked(person, { referenceImageId })
    expect((await request(`//${referenceImageUrl!.slice(1)}`)).status).toBe(200)
    const seen = async () =>
      Promise.all([person, admin, budi].map(async (who) => (await showRequest(who, id)).referenceImageUrl !== null))
    expect(await seen()).toEqual([true, true, false])
    const become = (status: 'approved' | 'rejected') =>
      db.update(poseRequests).set({ status, announcedAt: 1 }).where(eq(poseRequests.id, id))
    await become('approved')
    expect(await seen()).toEqual([true, true, true])
    await become('rejected')
    expect(await seen()).toEqual([true, true, false])
    expect((await requestAs(person, `/uploads/${referenceImageId}`, { method: 'DELETE' })).status).toBe(204)
    expect(await seen()).toEqual([false, false, false])
  })
})

describe('changing one’s own request (updatePoseRequest, deletePoseRequest)', () => {
  const change = (person: Person, id: string, json: object) =>
    requestAs(person, `${REQUESTS}/${id}`, { method: 'PATCH', json })
  const takeBack = (person: Person, id: string) => requestAs(person, `${REQUESTS}/${id}`, { method: 'DELETE' })

  test('what is left out stays, null takes away, and votes stay', async () => {
    const person = await signUp()
    const { id } = await asked(person, { category: 'box', creditName: 'Toko Sari' })
    await vote(budi, id)
    const name = newName()
    const changed = await expectJson<PoseRequest>(change(person, id, { name, creditName: null }), 200)
    expect(changed).toMatchObject({ name, creditName: null, category: 'box', votesCount: 1, useCase: 'social' })
    expect(await expectJson(change(person, id, {}), 200)).toMatchObject({ name, category: 'box' })
  })

  test('neither a name that waits already nor forbidden words come in by changing', async () => {
    const person = await signUp()
    const [first, second] = [await asked(person), await asked(person)]
    const refusal = await errorOf(await change(person, second.id, { name: first.name.toLowerCase() }))
    expect(refusal).toMatchObject({ statusCode: 409, code: 'CONFLICT', details: { requestId: first.id } })
    expect(await errorOf(await change(person, second.id, { description: 'a completely nude woman' }))).toMatchObject({
      code: 'PROMPT_REJECTED',
    })
    // Its own name is no other's.
    expect((await change(person, second.id, { name: second.name.toUpperCase() })).status).toBe(200)
  })

  test('once an admin has decided it stays as it is', async () => {
    const person = await signUp()
    const { id } = await asked(person)
    await db.update(poseRequests).set({ status: 'approved' }).where(eq(poseRequests.id, id))
    const before = await showRequest(person, id)
    for (const answer of [await change(person, id, { name: newName() }), await takeBack(person, id)])
      expect(await errorOf(answer)).toMatchObject({ statusCode: 409, code: 'ALREADY_DECIDED' })
    expect(await showRequest(person, id)).toEqual(before)
  })

  test('taken back it is gone with its votes; somebody else cannot', async () => {
    const person = await signUp()
    const { id } = await asked(person)
    await vote(budi, id)
    for (const answer of [await takeBack(budi, id), await change(budi, id, {})]) expect(answer.status).toBe(404)
    expect((await takeBack(person, id)).status).toBe(204)
    expect((await requestAs(person, `${REQUESTS}/${id}`)).status).toBe(404)
    expect((await vote(budi, id)).status).toBe(404)
    const left = await env.DB.prepare('select count(*) as n from pose_request_votes where request_id = ?').bind(id)
    expect(await left.first('n')).toBe(0)
  })
})

describe('lists', () => {
  const rowsOf = async (userId: string, votes: number[]) => {
    const ids: string[] = []
    for (const votesCount of votes) ids.push(await requestRow(userId, { name: newName(), votesCount }))
    return ids
  }
  const mine = (person: Person, sort: string, between?: () => Promise<unknown>) =>
    everyPage<PoseRequest>(person, `${REQUESTS}?mine=true&limit=3&sort=${sort}`, between)

  test('by votes, equal ones newest first; by age; by status', async () => {
    const person = await signUp()
    const [a, b, c, d, e] = await rowsOf(person.user.id, [2, 7, 2, 0, 7])
    const ids = async (sort: string) => (await mine(person, sort)).map(({ id }) => id)
    expect(await ids('votes')).toEqual([e, b, c, a, d])
    expect(await ids('newest')).toEqual([e, d, c, b, a])
    await db.update(poseRequests).set({ status: 'approved' }).where(eq(poseRequests.id, c!))
    const approved = await everyPage<PoseRequest>(person, `${REQUESTS}?mine=true&status=approved`)
    expect(approved.map(({ id }) => id)).toEqual([c])
  })

  test.each(['votes', 'newest'])(
    'requests that come in while somebody pages by %s leave no gap and no duplicate',
    async (sort) => {
      // As many votes as nobody else's: so the first pages of everybody are these.
      const owner = await userRow()
      const top = 1_000_000
      const old = await rowsOf(
        owner,
        [5, 5, 4, 3, 3, 3, 2, 1, 1, 0].map((votes) => top + votes),
      )
      const fresh: string[] = []
      const insert = async () => {
        for (const votes of [6, 4, 3, 0]) fresh.push(...(await rowsOf(owner, [top + votes])))
      }
      const seen: string[] = []
      for (let cursor = ''; old.some((id) => !seen.includes(id)); ) {
        const path = `${REQUESTS}?sort=${sort}&limit=3${cursor && `&cursor=${cursor}`}`
        const page = await expectJson<{ items: PoseRequest[]; page: { nextCursor: string } }>(
          requestAs(sari, path),
          200,
        )
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.page.nextCursor
        await insert()
      }
      expect(new Set(seen).size).toBe(seen.length)
      expect(seen.filter((id) => old.includes(id)).sort()).toEqual([...old].sort())
      expect(fresh.length).toBeGreaterThan(0)
      await env.DB.prepare('delete from users where id = ?').bind(owner).run()
    },
  )

  test('a cursor of another list is refused', async () => {
    for (const cursor of ['abc', newId('request'), '5', '5:abc', 'x:req_1', '-1:req_1'])
      expect(await errorOf(await requestAs(sari, `${REQUESTS}?cursor=${cursor}`))).toMatchObject({
        ...{ statusCode: 422, issues: [{ field: 'cursor' }] },
      })
  })

  test('each person sees the own vote', async () => {
    const { id } = await asked(await signUp(), wish())
    await vote(budi, id)
    expect([(await showRequest(budi, id)).hasVoted, (await showRequest(sari, id)).hasVoted]).toEqual([true, false])
  })
})
