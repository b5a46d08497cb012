import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { avatars } from '../../src/db/tables/avatars'
import { avatarReports } from '../../src/db/tables/likeness'
import { auditLog } from '../../src/db/tables/operations'
import { newId } from '../../src/kernel/ids'
import { signMediaPath } from '../../src/media/sign'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { AVATARS, avatarWithPictures, consentRow, newAvatarProject } from '../support/avatars'
import { type Deletion, deletedAvatar, objectsOf, portrayed, shotWith } from '../support/deletions'
import { anyAddress, type Person } from '../support/people'
import { backgroundRow, db, makeAdmin, variantRow } from '../support/rows'
import {
  creditsOf,
  generate,
  holdQueue,
  newProject,
  oneSmallPicture,
  type Page,
  resultsOf,
  type Started,
  showGeneration,
} from '../support/shoots'
import { errorOf } from '../support/walk'

type Report = {
  id: string
  subject: string
  avatarId: string | null
  status: string
  note: string | null
  decidedBy: string | null
  contact: string
}
type Shown = Report & { userId: string | null; pictureUrl: string | null; consent: { kind: string } | null }
type Decided = { report: Report; deletion: Deletion | null }

const ADMIN = '/admin/avatar-reports'
const newContact = () => `rini-${crypto.randomUUID()}@example.test`

const send = (subject: string, fields: object = {}, address = anyAddress()): Promise<Response> =>
  request(`${AVATARS}/reports`, {
    json: { subject, reason: 'no_consent', details: 'Ini wajah saya, tanpa izin', contact: newContact(), ...fields },
    headers: { 'cf-connecting-ip': address },
  })
const reported = async (subject: string, fields: object = {}): Promise<string> =>
  (await expectJson<{ id: string }>(send(subject, fields), 202)).id

let admin: Person
let sari: Person
beforeAll(async () => {
  admin = await makeAdmin(await signUp())
  sari = await signUp()
})

const show = (id: string): Promise<Shown> => expectJson(requestAs(admin, `${ADMIN}/${id}`), 200)
const decide = (id: string, decision: string, by = admin, note = 'Looked at it'): Promise<Response> =>
  requestAs(by, `${ADMIN}/${id}/decision`, { json: { decision, note } })
const decided = (id: string, decision: string, by = admin): Promise<Decided> =>
  expectJson(decide(id, decision, by), 200)
const hasAvatar = async (id: string) => (await db.select().from(avatars).where(eq(avatars.id, id))).length > 0

describe('POST /apps/avatar-creator/reports (createAvatarReport)', () => {
  test('anybody may report an avatar, a picture, or the link under which it was seen', async () => {
    const { avatarId, uploadId } = await portrayed(sari)
    const shoot = await shotWith(sari, avatarId)
    const [shot] = (await resultsOf(sari, shoot)).items
    const imageId = shot!.id
    const link = await signMediaPath(env.MEDIA_SIGNING_SECRET, imageId, 'original', Date.now())
    for (const [subject, about] of [
      ...[[avatarId, avatarId] as const, [imageId, imageId] as const, [link, imageId] as const],
      ...[[`https://lumiku.example${link}`, imageId] as const, [`/api/media/${avatarId}`, avatarId] as const],
      ...[[await backgroundRow(imageId), imageId] as const, [await variantRow(imageId), imageId] as const],
      ...[[uploadId, uploadId] as const],
    ]) {
      const answer = await send(subject)
      const { id, ...rest } = await expectJson<{ id: string }>(answer, 202)
      expect(rest).toEqual({})
      expect(await show(id)).toMatchObject({ subject: about, avatarId, status: 'open', userId: sari.user.id })
    }
  })

  test('nobody learns from the answer whether there is such a picture (K6)', async () => {
    const { avatarId } = await portrayed(sari)
    const [there, missing] = await Promise.all([send(avatarId), send(newId('avatar'))])
    expect([there.status, missing.status]).toEqual([202, 202])
    const [a, b] = [await there.json<object>(), await missing.json<object>()]
    expect([Object.keys(a), Object.keys(b)]).toEqual([['id'], ['id']])
    expect([...there.headers.keys()].sort()).toEqual([...missing.headers.keys()].sort())
  })

  test.each([
    ['somebody else’s site', { subject: 'https://other.example/picture.jpg' }, 'subject'],
    ['an id of another kind', { subject: 'usr_01JD0000000000000000000000' }, 'subject'],
    ['a link with an id at its end only', { subject: 'https://x.example/?a=/api/v1/media/img_1' }, 'subject'],
    ['too few words', { details: 'short' }, 'details'],
    ['too many', { details: 'x'.repeat(1_001) }, 'details'],
    ['no address', { contact: 'rini' }, 'contact'],
    ['a reason of their own', { reason: 'ugly' }, 'reason'],
  ])('%s is refused by name', async (_, fields, field) => {
    const answer = await send(newId('avatar'), fields)
    expect(answer.status).toBe(422)
    expect((await errorOf(answer)).issues[0]).toMatchObject({ field })
  })

  test('the same reporter and picture make one open report, ten times at once too; a decided one is followed by a new one (K6)', async () => {
    const { avatarId } = await portrayed(sari)
    const contact = newContact()
    const ids = await Promise.all(Array.from({ length: 10 }, () => reported(avatarId, { contact })))
    expect(new Set(ids).size).toBe(1)
    await decided(ids[0]!, 'dismissed')
    expect(await reported(avatarId, { contact })).not.toBe(ids[0])
  })

  test('the sixth report from one address within the hour is a 429 (K6)', async () => {
    const address = anyAddress()
    const statuses: number[] = []
    for (let n = 0; n < 6; n++) statuses.push((await send(newId('avatar'), {}, address)).status)
    expect(statuses).toEqual([202, 202, 202, 202, 202, 429])
  })
})

describe('GET /admin/avatar-reports (listAvatarReports, showAvatarReport)', () => {
  test('lists what waits, newest first, in pages', async () => {
    const ids = [await reported(newId('avatar')), await reported(newId('avatar'))]
    const list = (query: string) =>
      expectJson<Page<Report>>(requestAs(admin, `${ADMIN}?status=open&limit=1${query}`), 200)
    const first = await list('')
    expect(first.items[0]!.id).toBe(ids[1])
    expect((await list(`&cursor=${first.page.nextCursor}`)).items[0]!.id).toBe(ids[0])
    await decided(ids[1]!, 'dismissed')
    expect((await list('')).items[0]!.id).toBe(ids[0])
  })

  test('shows the picture to look at and what was declared of the face', async () => {
    const { avatarId } = await portrayed(sari)
    await consentRow(sari.user.id, avatarId)
    const shown = await show(await reported(avatarId))
    expect(shown.consent).toMatchObject({ kind: 'self' })
    const picture = await request(`/${shown.pictureUrl}`)
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png'])
  })

  test('a report of what is not there shows that', async () => {
    expect(await show(await reported(newId('image')))).toMatchObject({ userId: null, pictureUrl: null, consent: null })
  })
})

describe('POST /admin/avatar-reports/:id/decision (decideAvatarReport)', () => {
  test('upheld: avatar, variations, photo and every picture go; the owner is told; other reports of it are closed', async () => {
    const person = await signUp()
    const { avatarId, projectId, uploadId } = await portrayed(person)
    await newProject(person, { avatarImageUrl: uploadId })
    const variation = await avatarWithPictures(person.user.id, projectId, { parentId: avatarId })
    const shoot = await shotWith(person, variation)
    const [shot] = (await resultsOf(person, shoot)).items
    const stays = await avatarWithPictures(person.user.id, (await newAvatarProject(person)).id)
    const [first, second, other] = [await reported(shot!.id), await reported(avatarId), await reported(stays)]
    const credits = await creditsOf(person)

    const { report, deletion } = await decided(first, 'upheld')

    expect(report).toMatchObject({ id: first, status: 'upheld', note: 'Looked at it', decidedBy: admin.user.id })
    expect(deletion).toMatchObject({ reason: 'takedown', status: 'done', avatarsDeleted: 2, picturesDeleted: 2 })
    expect(await objectsOf(person.user.id)).toEqual(
      expect.arrayContaining([`u/${person.user.id}/${stays}/picture`, `u/${person.user.id}/${stays}/thumb.jpg`]),
    )
    expect(await objectsOf(person.user.id)).toHaveLength(2)
    expect([await hasAvatar(avatarId), await hasAvatar(variation), await hasAvatar(stays)]).toEqual([
      false,
      false,
      true,
    ])
    expect(await show(second)).toMatchObject({ status: 'upheld', note: `Decided with ${first}` })
    expect(await show(other)).toMatchObject({ status: 'open' })
    expect(await creditsOf(person)).toEqual(credits)
    const told = await eventsOf(person)
    expect(told).toEqual([{ avatarId: variation, deletionId: deletion!.id }])
    const mine = await expectJson<Page<Deletion>>(requestAs(person, `${AVATARS}/deletions`), 200)
    expect(mine.items).toEqual([deletion])
    const [audit] = await db.select().from(auditLog).where(eq(auditLog.subject, first))
    expect(audit).toMatchObject({ actorId: admin.user.id, action: 'avatar_report.upheld' })
  })

  test('what is being made with it is given up, and its credits return (K5)', async () => {
    const person = await signUp()
    const { avatarId } = await portrayed(person)
    const { id: projectId } = await newProject(person)
    await holdQueue(person)
    const before = await creditsOf(person)
    const body = oneSmallPicture(projectId, { avatarId, batchSize: 3 })
    const { generation } = await expectJson<Started>(generate(person, body), 202)
    await openInD1(generation.id)
    const { deletion } = await decided(await reported(avatarId), 'upheld')
    expect(deletion).toMatchObject({ status: 'done', generationsKept: 1 })
    expect(await showGeneration(person, generation.id)).toMatchObject({ status: 'failed', posesFailed: 3 })
    expect(await creditsOf(person)).toEqual(before)
  })

  test('dismissed: everything stays, and the reason is kept', async () => {
    const { avatarId } = await portrayed(sari)
    const id = await reported(avatarId)
    expect(await decided(id, 'dismissed')).toMatchObject({ report: { status: 'dismissed' }, deletion: null })
    expect(await hasAvatar(avatarId)).toBe(true)
    expect(await eventsOf(sari)).toEqual([])
  })

  test('twice is the same answer; the other way round is a 409 (K4)', async () => {
    const { avatarId } = await portrayed(sari)
    const id = await reported(avatarId)
    const first = await decided(id, 'upheld')
    expect(await decided(id, 'upheld')).toEqual(first)
    expect(await errorOf(await decide(id, 'dismissed'))).toMatchObject({
      ...{ code: 'ALREADY_DECIDED', details: { status: 'upheld' } },
    })
    expect(await db.select().from(auditLog).where(eq(auditLog.subject, id))).toHaveLength(1)
  })

  test('two admins at once: one decision, on record once (K4)', async () => {
    const other = await makeAdmin(await signUp())
    for (const pair of [
      ['upheld', 'dismissed'],
      ['upheld', 'upheld'],
    ] as const) {
      const { avatarId } = await portrayed(sari)
      const id = await reported(avatarId)
      const answers = await Promise.all([decide(id, pair[0]), decide(id, pair[1], other)])
      const statuses = answers.map(({ status }) => status).sort()
      expect(statuses).toEqual(pair[0] === pair[1] ? [200, 200] : [200, 409])
      const { status } = await show(id)
      expect(await hasAvatar(avatarId)).toBe(status === 'dismissed')
      expect(await db.select().from(auditLog).where(eq(auditLog.subject, id))).toHaveLength(1)
    }
  })

  test('a picture whose avatar is gone goes with its shoot', async () => {
    const person = await signUp()
    const { avatarId } = await portrayed(person)
    const shoot = await shotWith(person, avatarId)
    const [shot] = (await resultsOf(person, shoot)).items
    await deletedAvatar(person, avatarId, '?pictures=keep')
    const { deletion } = await decided(await reported(shot!.id), 'upheld')
    expect(deletion).toMatchObject({ status: 'done', picturesDeleted: 2, avatarsDeleted: 0, avatarId: null })
    expect(await objectsOf(person.user.id)).toEqual([])
  })

  test('a report of what is gone already can be upheld: there is nothing to delete', async () => {
    const id = await reported(newId('avatar'))
    expect(await decided(id, 'upheld')).toMatchObject({ report: { status: 'upheld' }, deletion: null })
    const [row] = await db.select().from(avatarReports).where(eq(avatarReports.id, id))
    expect(row?.decidedAt).toEqual(expect.any(Number))
  })
})

/** What somebody was told of takedowns. */
async function eventsOf(person: Person) {
  type Events = { items: { type: string; data: object }[] }
  const { items } = await expectJson<Events>(requestAs(person, '/events?after=0&limit=1000'), 200)
  return items.filter(({ type }) => type === 'avatar_removed').map(({ data }) => data)
}

/** D1 knows a running job a second late. */
const openInD1 = (id: string): Promise<void> =>
  expect
    .poll(
      async () =>
        (await env.DB.prepare('select status from generations where id = ?').bind(id).first('status')) !== null,
      {
        timeout: 10_000,
      },
    )
    .toBe(true) as Promise<void>
