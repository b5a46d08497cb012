import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { avatars } from '../../src/db/tables/avatars'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { changeApp, shipAgain } from '../support/apps'
import { CONSENT, madeAvatars, photoForm, photoOf, startAvatars, uploadAvatar } from '../support/avatar-starts'
import { AVATARS, avatarRow, newAvatarProject, updateAvatar } from '../support/avatars'
import type { Person } from '../support/people'
import { db, makeAdmin, stateOf } from '../support/rows'
import { generate, newKey, newProject, oneSmallPicture } from '../support/shoots'
import { errorOf } from '../support/walk'

const PHOTO = photoOf()

let sari: Person
let projectId: string
let at: string
beforeAll(async () => {
  sari = await signUp()
  projectId = (await newAvatarProject(sari)).id
  at = `projects/${projectId}/avatars`
})
const objectsOf = async () => (await env.MEDIA.list({ prefix: `u/${sari.user.id}/` })).objects.map(({ key }) => key)

/** Sends what must be refused: nothing is kept, held or written. */
async function refused(send: () => Promise<Response>) {
  const [before, objects] = [await stateOf(sari.user.id), await objectsOf()]
  const error = await errorOf(await send())
  expect(await stateOf(sari.user.id)).toEqual(before)
  expect(await objectsOf()).toEqual(objects)
  expect(JSON.stringify(error).length).toBeLessThan(3_000)
  return error
}

const issue = (field: string) => ({ statusCode: 422, details: { issues: [expect.objectContaining({ field })] } })

describe('a form that is meant to harm', () => {
  const deep = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`

  test.each([
    ['an object 4,000 levels deep', { attributes: deep(4_000) }, 'attributes'],
    ['nine megabytes of brackets', { attributes: '['.repeat(9_000_000) }, 'attributes'],
    ['a megabyte of consent', { consent: JSON.stringify({ ...CONSENT, note: 'x'.repeat(1_000_000) }) }, 'consent'],
    ['a prototype', { attributes: '{"__proto__":{"gender":"female"}}' }, 'attributes'],
    ['a prototype of its own', { __proto__x: '1' }, '__proto__x'],
    ['a consent that is a list', { consent: '[true]' }, 'consent'],
    ['a consent that is text', { consent: 'true' }, 'consent'],
    ['a face outside', { face: '{"x":0.9,"y":0,"width":0.5,"height":0.5}' }, 'face'],
    ['a face of no number', { face: '{"x":1e999,"y":0,"width":0.5,"height":0.5}' }, 'face.x'],
    ['a child', { persona: '{"age":17}' }, 'persona.age'],
  ])('with %s is refused and named', async (_, fields, field) => {
    const error = await refused(() => uploadAvatar(sari, projectId, photoForm(PHOTO, fields)))
    expect(error).toMatchObject({ statusCode: 422 })
    expect(JSON.stringify(error.details)).toContain(`"${field}`)
  })

  test('with two consents, nobody can tell which is meant: it is refused', async () => {
    const form = photoForm(PHOTO)
    form.append('consent', JSON.stringify({ ...CONSENT, kind: 'permission' }))
    expect(await refused(() => uploadAvatar(sari, projectId, form))).toMatchObject(issue('consent'))
  })

  test('with ten thousand fields is refused, not read in part', async () => {
    const form = photoForm(PHOTO)
    for (let n = 0; n < 10_000; n++) form.append(`f${n}`, '1')
    expect(await refused(() => uploadAvatar(sari, projectId, form))).toMatchObject(issue('form'))
  })

  test('with two files, none, or no end is refused', async () => {
    const two = photoForm(PHOTO)
    two.append('other', new File([PHOTO], 'b.png', { type: 'image/png' }))
    expect(await refused(() => uploadAvatar(sari, projectId, two))).toMatchObject(issue('file'))
    const whole = new Uint8Array(await new Response(photoForm(PHOTO)).arrayBuffer())
    const boundary = new TextDecoder().decode(whole.subarray(2, whole.indexOf(13)))
    for (const [body, type] of [
      [whole.slice(0, -20), `multipart/form-data; boundary=${boundary}`],
      [whole, 'multipart/form-data; boundary=other'],
      [whole, 'multipart/form-data'],
      [whole, `multipart/form-data; boundary=${'b'.repeat(5_000)}`],
    ] as const) {
      const headers = { 'content-type': type, 'idempotency-key': newKey() }
      const path = `${AVATARS}/${at}/upload`
      expect(await refused(() => requestAs(sari, path, { method: 'POST', headers, body }))).toMatchObject(issue('file'))
    }
  })

  test('whose photo has a page of HTML behind it keeps the picture alone', async () => {
    const tail = new TextEncoder().encode('<script>alert(1)</script>')
    const polyglot = new Uint8Array([...PHOTO, ...tail])
    const [avatar] = await madeAvatars(sari, uploadAvatar(sari, projectId, photoForm(polyglot)))
    const answer = await request(`/${avatar!.imageUrl}`)
    expect(answer.headers.get('content-type')).toBe('image/png')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    expect(new TextDecoder('latin1').decode(await answer.arrayBuffer())).not.toContain('script')
  })
})

describe('somebody under 18 in disguise is refused', () => {
  test.each([
    ['split over words and character', { words: 'gadis, sweet', persona: { personality: ['sixteen'] } }],
    ['split over two traits', { words: 'batik', persona: { personality: ['sweet', 'seventeen'] } }],
    ['written with digits', { words: 'a t33n in batik' }],
    ['spelled out', { words: 'a t e e n in batik' }],
    ['with what nobody sees', { words: 'seorang b\u200bo\u200bc\u200bah' }],
    ['joined by lines', { words: 'cute_teen_girl' }],
  ])('%s', async (_, fields) => {
    const error = await refused(() => startAvatars(sari, `${at}/generate`, fields))
    expect(error).toMatchObject({ code: 'PROMPT_REJECTED', details: { reason: 'minor' } })
  })

  test('in the words of a variation, together with the character that the avatar has', async () => {
    const id = await avatarRow(sari.user.id, projectId, { personaPersonality: ['sweet'] })
    const error = await refused(() => startAvatars(sari, `avatars/${id}/variations`, { words: 'sixteen' }))
    expect(error).toMatchObject({ code: 'PROMPT_REJECTED', details: { reason: 'minor' } })
  })

  test('in a change, together with the words that the avatar was made of', async () => {
    const id = await avatarRow(sari.user.id, projectId, { words: 'a woman, sweet' })
    const change = { persona: { personality: ['sixteen'] } }
    expect(await errorOf(await updateAvatar(sari, id, change))).toMatchObject({ code: 'PROMPT_REJECTED' })
  })

  test('in two changes at the same moment', async () => {
    const halves = [{ name: 'Sweet' }, { persona: { personality: ['sixteen'] } }]
    for (let round = 0; round < 5; round++) {
      const id = await avatarRow(sari.user.id, projectId)
      await Promise.all(halves.map((half) => updateAvatar(sari, id, half)))
      const [row] = await db.select().from(avatars).where(eq(avatars.id, id))
      expect([row!.name, ...row!.personaPersonality]).not.toEqual(['Sweet', 'sixteen'])
    }
  })
})

test('a shoot of an avatar makes nobody younger; her children and her past are no matter', async () => {
  const avatarId = await avatarRow(sari.user.id, projectId)
  const project = await newProject(sari)
  const shoot = (fields: object) => generate(sari, oneSmallPicture(project.id, { avatarId, ...fields }))
  for (const prompt of ['as a 14 year old girl', 'gadis 15 tahun', 'sebagai siswi SMP'])
    expect(await refused(() => shoot({ prompt }))).toMatchObject({
      ...{ code: 'PROMPT_REJECTED', details: { field: 'prompt', reason: 'minor' } },
    })
  const project2 = await newProject(sari, { avatarId })
  const text = { projectId: project2.id, generationType: 'TEXT_DESCRIPTION', variationCount: 1 }
  const asTeen = () => generate(sari, { ...text, textPrompt: 'a teenager sitting on a chair' })
  expect(await refused(asTeen)).toMatchObject({ details: { field: 'textPrompt', reason: 'minor' } })
  for (const prompt of ['ibu dua anak', 'menjahit sejak usia 12 tahun'])
    expect((await shoot({ prompt })).status).toBe(202)
})

describe('an app that is switched off', () => {
  afterEach(shipAgain)

  test('is off by every spelling of its address', async () => {
    const admin = await makeAdmin(await signUp())
    await changeApp(admin, 'avatar-creator', { enabled: false })
    const before = await stateOf(sari.user.id)
    const path = 'apps/avatar-creator/projects'
    for (const address of [
      ...[`/api/v1/${path}`, `/api/${path}`, `/api/v1/${path}/`, `/api//v1/${path}`, `/api/v1//${path}`],
      ...['/api/v1/apps//avatar-creator/projects', '/api/v1/apps/avatar-creator//projects', `/api/v1/./${path}`],
      ...['/api/v1/apps/avatar%2Dcreator/projects', '/api/v1/apps/avatar-creator%2Fprojects', `/API/v1/${path}`],
      ...['/api/v1/apps/Avatar-Creator/projects', '/api/v1/apps/avatar-creator;x/projects', `/api/v1%2F${path}`],
      ...[
        '/api/v1/apps/x/../avatar-creator/projects',
        '/api/v1/%61pps/avatar-creator/projects',
        `/api/v1/${path}?a=/health`,
      ],
      ...[`/api/v1/${path}#/health`, `/api/v1/apps/pose-generator/..%2favatar-creator/projects`],
    ]) {
      const answer = await requestAs(sari, `/${address}`, { json: { name: 'Teh' } })
      expect([address, [404, 503].includes(answer.status)]).toEqual([address, true])
    }
    const quoted = { app: 'avatar-creator', params: { way: 'text_to_image', projectId, words: 'batik' } }
    const quote = await expectJson<{ id: string }>(requestAs(sari, '/quotes', { json: quoted }), 201)
    const start = await startAvatars(sari, `${at}/generate`, { words: 'batik', quoteId: quote.id })
    expect(start.status).toBe(503)
    expect((await stateOf(sari.user.id)).database).toEqual(before.database)
  })
})

test('twenty starts at once: no more than the day has, and each held once', async () => {
  const person = await signUp()
  const { id } = await newAvatarProject(person)
  const start = () => startAvatars(person, `projects/${id}/avatars/generate`, { words: 'batik', variationCount: 4 })
  const answers = await Promise.all(Array.from({ length: 20 }, start))
  const begun = answers.filter(({ status }) => status === 202).length
  expect(answers.every(({ status }) => [202, 402, 429].includes(status))).toBe(true)
  expect(begun).toBeLessThanOrEqual(Number(env.LIMIT_GENERATES_PER_MINUTE ?? 10))
  expect(begun).toBeGreaterThan(0)
})
