import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { expectErrors } from '../setup'
import { expectJson, requestAs } from '../support/app'
import {
  CONSENT,
  endedAvatars,
  madeAvatars,
  photoForm,
  photoOf,
  type StartedAvatars,
  showAvatars,
  startAvatars,
  uploadAvatar,
} from '../support/avatar-starts'
import { AVATARS, newAvatarProject } from '../support/avatars'
import { type Person, signUp } from '../support/people'
import { stateOf } from '../support/rows'
import { creditsOf, deliver, holdQueue, newKey, type Page, requestIn } from '../support/shoots'
import { png } from '../support/uploads'
import { errorOf } from '../support/walk'

const WORDS = { words: 'batik biru, senyum' }
const PHOTO = photoOf()

let sari: Person
let at: string
let projectId: string
beforeAll(async () => {
  sari = await signUp()
  projectId = (await newAvatarProject(sari)).id
  at = `projects/${projectId}/avatars`
})

/** Somebody new whose avatars are made by hand. */
async function waiting(): Promise<{ person: Person; projectId: string; at: string }> {
  const person = await signUp()
  await holdQueue(person)
  const { id } = await newAvatarProject(person)
  return { person, projectId: id, at: `projects/${id}/avatars` }
}

const objectsOf = async (person: Person, id: string) =>
  (await env.MEDIA.list({ prefix: `u/${person.user.id}/${id}/` })).objects.map(({ key }) => key.split('/').at(-1))

describe('generateAvatar', () => {
  test('holds its price until the avatar is there, and answers its id at once', async () => {
    const { person, at } = await waiting()
    const { generation, avatarIds, creditCharged } = await expectJson<StartedAvatars>(
      startAvatars(person, `${at}/generate`, { ...WORDS, variationCount: 3, seed: 0xffffffff }),
      202,
    )
    expect([generation.status, creditCharged, avatarIds.length]).toEqual(['pending', 30, 3])
    expect(await creditsOf(person)).toEqual({ available: 270, held: 30 })
    await deliver(person, generation.id, [0, 1])
    expect(await creditsOf(person)).toEqual({ available: 270, held: 10 })
    await deliver(person, generation.id, [2])
    const { avatars, generation: end } = await showAvatars(person, generation.id)
    expect(end).toMatchObject({ status: 'completed', creditHeld: 0, creditCharged: 30 })
    expect(avatars.map(({ id }) => id)).toEqual(avatarIds)
    // Seeds are uint32 and wrap; another seed is another person to choose from.
    expect(avatars.map(({ avatar }) => avatar!.seedUsed)).toEqual([0xffffffff, 0, 1])
    expect(new Set(avatars.map(({ avatar }) => JSON.stringify(avatar!.palette))).size).toBeGreaterThan(1)
    expect(await objectsOf(person, avatarIds[0]!)).toEqual(['picture', 'thumb.jpg'])
  })

  test('the same words, looks and seed draw the same person, to the pixel', async () => {
    const wish = { ...WORDS, attributes: { gender: 'male', bodyType: 'athletic' }, seed: 5 }
    const [one] = await madeAvatars(sari, startAvatars(sari, `${at}/generate`, wish))
    const [two] = await madeAvatars(sari, startAvatars(sari, `${at}/generate`, wish))
    expect(two!.palette).toEqual(one!.palette)
    expect(two!.id).not.toBe(one!.id)
    expect([one!.face, one!.promptUsed]).toEqual([two!.face, two!.promptUsed])
    expect(one!.face!.y).toBeLessThan(0.5)
    expect(one!.promptUsed).toMatch(/athletic/)
  })

  test('an avatar that is refused gives its credits back and leaves nothing behind', async () => {
    const { person, at } = await waiting()
    const { generation, avatarIds } = await expectJson<StartedAvatars>(
      startAvatars(person, `${at}/generate`, WORDS),
      202,
    )
    await deliver(person, generation.id, [0], { EMBEDDED_MODERATE: 'studio light' })
    const { avatars, generation: end } = await showAvatars(person, generation.id)
    expect([end.status, end.creditCharged, end.creditRefunded]).toEqual(['failed', 0, 10])
    expect(avatars[0]).toMatchObject({ status: 'failed', error: 'MODERATED_IN', avatar: null })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
    expect(await objectsOf(person, avatarIds[0]!)).toEqual([])
  })

  test('words or looks must say who it is', async () => {
    const answer = await startAvatars(sari, `${at}/generate`, {})
    expect(await errorOf(answer)).toMatchObject({ statusCode: 422, details: { issues: [{ field: 'words' }] } })
  })

  test.each([
    ['words', { words: 'gadis 15 tahun, seragam SMA' }],
    ['persona.background', { ...WORDS, persona: { background: 'She is twelve years old' } }],
  ])('nobody under 18 becomes an avatar: %s', async (field, wish) => {
    const before = await stateOf(sari.user.id)
    const answer = await startAvatars(sari, `${at}/generate`, wish)
    expect(await errorOf(answer)).toMatchObject({ code: 'PROMPT_REJECTED', details: { field, reason: 'minor' } })
    expect(await stateOf(sari.user.id)).toEqual(before)
  })

  test('a replay answers the same avatars, and costs nothing; the same key for another wish is refused', async () => {
    const { person, at } = await waiting()
    const key = newKey()
    const first = await expectJson<StartedAvatars>(startAvatars(person, `${at}/generate`, WORDS, key), 202)
    const again = await startAvatars(person, `${at}/generate`, WORDS, key)
    expect(again.headers.get('idempotent-replayed')).toBe('true')
    expect(((await again.json()) as StartedAvatars).avatarIds).toEqual(first.avatarIds)
    const other = await startAvatars(person, `${at}/generate`, { words: 'lain sekali' }, key)
    expect((await errorOf(other)).code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await creditsOf(person)).toEqual({ available: 290, held: 10 })
  })

  test('somebody else’s project is not there', async () => {
    const answer = await startAvatars(await signUp(), `${at}/generate`, WORDS)
    expect(await errorOf(answer)).toMatchObject({ statusCode: 404, details: { field: 'projectId' } })
  })

  test('a day has so many avatars and no more; the answer says when to come back', async () => {
    const { person, at } = await waiting()
    const limits = { LIMIT_AVATARS_PER_DAY: '3' }
    const start = (variationCount: number) =>
      requestIn(limits, `${AVATARS}/${at}/generate`, {
        json: { ...WORDS, variationCount },
        headers: { authorization: `Bearer ${person.accessToken}`, 'idempotency-key': newKey() },
      })
    expect((await start(2)).status).toBe(202)
    const answer = await start(2)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(23 * 3_600)
    expect((await errorOf(answer)).details).toEqual({ limit: 'avatarsPerDay', max: 3, remaining: 1 })
    expect((await start(1)).status).toBe(202)
  })

  test('while no image service works nothing is held', async () => {
    const { person, at } = await waiting()
    const answer = await requestIn({ IMAGE_PROVIDERS: 'fal', FAL_KEY: '' }, `${AVATARS}/${at}/generate`, {
      json: WORDS,
      headers: { authorization: `Bearer ${person.accessToken}`, 'idempotency-key': newKey() },
    })
    expect((await errorOf(answer)).code).toBe('UNAVAILABLE')
    expect(expectErrors().flat().join()).toContain('provider_not_set_up')
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('a quote binds the price, and is spent by the very wish that it was made for', async () => {
    const { person, projectId, at } = await waiting()
    const params = { way: 'text_to_image', projectId, ...WORDS, variationCount: 2, seed: 1 }
    const quote = await expectJson<{ id: string; credits: number; lines: object[]; limits: { limit: string }[] }>(
      requestAs(person, '/quotes', { json: { app: 'avatar-creator', params } }),
      201,
    )
    expect(quote).toMatchObject({ credits: 20, lines: [{ item: 'avatar', quantity: 2, unitCredits: 10 }] })
    expect(quote.limits.map(({ limit }) => limit)).toContain('avatarsPerDay')
    const wish = { ...WORDS, variationCount: 2, seed: 1, quoteId: quote.id }
    const other = await startAvatars(person, `${at}/generate`, { ...wish, variationCount: 1 })
    expect(await errorOf(other)).toMatchObject({ statusCode: 422, details: { issues: [{ field: 'quoteId' }] } })
    expect((await startAvatars(person, `${at}/generate`, wish)).status).toBe(202)
    expect((await errorOf(await startAvatars(person, `${at}/generate`, wish))).code).toBe('QUOTE_USED')
  })
})

describe('uploadAvatar', () => {
  const uploadsOf = async (person: Person) =>
    (await expectJson<Page<{ id: string }>>(requestAs(person, '/uploads'), 200)).items

  test('the photo is cropped around the face, with a thumbnail, colours and no model; two credits', async () => {
    const { person, projectId } = await waiting()
    const { generation } = await expectJson<StartedAvatars>(uploadAvatar(person, projectId, photoForm(PHOTO)), 202)
    await deliver(person, generation.id, [0])
    const avatar = (await showAvatars(person, generation.id)).avatars[0]!.avatar!
    expect(avatar).toMatchObject({ sourceType: 'uploaded', provider: null, promptUsed: null, simulated: false })
    expect(avatar.face).not.toBeNull()
    const [r, g, b] = [1, 3, 5].map((from) => Number.parseInt(avatar.palette.top!.slice(from, from + 2), 16))
    expect(r).toBeGreaterThan(2 * Math.max(g!, b!))
    expect(await uploadsOf(person)).toEqual([expect.objectContaining({ id: avatar.sourceUploadId })])
    for (const url of [avatar.imageUrl, avatar.thumbnailUrl])
      expect((await requestAs(person, `/${url}`)).headers.get('content-type')).toMatch(/^image\//)
    const consents = env.DB.prepare('select kind, avatar_id from avatar_consents where user_id = ?')
    expect(await consents.bind(person.user.id).first()).toEqual({ kind: 'self', avatar_id: avatar.id })
    expect(await creditsOf(person)).toEqual({ available: 298, held: 0 })
  })

  test('a photo that is sent again with its key is not kept twice', async () => {
    const { person, projectId } = await waiting()
    const key = newKey()
    const first = await expectJson<StartedAvatars>(uploadAvatar(person, projectId, photoForm(PHOTO), key), 202)
    const again = await expectJson<StartedAvatars>(uploadAvatar(person, projectId, photoForm(PHOTO), key), 202)
    expect(again.avatarIds).toEqual(first.avatarIds)
    expect(await uploadsOf(person)).toHaveLength(1)
    const other = await uploadAvatar(person, projectId, photoForm(photoOf('pria, kaos biru')), key)
    expect((await errorOf(other)).code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await uploadsOf(person)).toHaveLength(1)
  })

  test.each([
    ['no consent', { consent: '' }, 'consent'],
    ['a consent to an older policy', { consent: { ...CONSENT, policyVersion: '2020-01' } }, 'consent.policyVersion'],
    ['somebody under 18', { consent: { ...CONSENT, isAdult: false } }, 'consent.isAdult'],
    ['a face outside the photo', { face: { x: 0.9, y: 0.1, width: 0.3, height: 0.3 } }, 'face'],
    ['a persona of 17 years', { persona: { age: 17 } }, 'persona.age'],
    ['looks that there are not', { attributes: { gender: 'robot' } }, 'attributes.gender'],
    ['a field that there is not', { isAdmin: 'true' }, 'isAdmin'],
  ])('%s: refused, and no photo is kept', async (_, fields, field) => {
    const { person, projectId } = await waiting()
    const { statusCode, details } = await errorOf(await uploadAvatar(person, projectId, photoForm(PHOTO, fields)))
    expect(statusCode).toBe(422)
    expect((details as { issues: { field: string }[] }).issues.map((issue) => issue.field)).toContain(field)
    expect(await uploadsOf(person)).toEqual([])
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })

  test('what is no picture is refused, and so is a form without one', async () => {
    const broken = await uploadAvatar(sari, projectId, photoForm(Uint8Array.of(1, 2, 3)))
    expect((await errorOf(broken)).statusCode).toBe(415)
    const empty = photoForm(PHOTO)
    empty.delete('file')
    expect((await errorOf(await uploadAvatar(sari, projectId, empty))).details).toMatchObject({
      issues: [{ field: 'file' }],
    })
    const raw = await requestAs(sari, `${AVATARS}/${at}/upload`, {
      ...{ method: 'POST', headers: { 'content-type': 'image/png', 'idempotency-key': newKey() }, body: png },
    })
    expect((await errorOf(raw)).code).toBe('UNSUPPORTED_TYPE')
  })

  test('who has no credits keeps no photo here either', async () => {
    const { person, projectId, at } = await waiting()
    for (let spent = 0; spent < 7; spent++)
      await expectJson(startAvatars(person, `${at}/generate`, { ...WORDS, variationCount: 4 }), 202)
    await expectJson(startAvatars(person, `${at}/generate`, { ...WORDS, variationCount: 2 }), 202)
    const answer = await uploadAvatar(person, projectId, photoForm(PHOTO))
    expect(await errorOf(answer)).toMatchObject({
      code: 'INSUFFICIENT_CREDITS',
      details: { required: 2, available: 0 },
    })
    expect(await uploadsOf(person)).toEqual([])
  })

  test('a photo that was deleted before its turn fails the avatar and gives the credits back', async () => {
    const { person, projectId } = await waiting()
    const { generation } = await expectJson<StartedAvatars>(uploadAvatar(person, projectId, photoForm(PHOTO)), 202)
    const [upload] = await uploadsOf(person)
    await requestAs(person, `/uploads/${upload!.id}`, { method: 'DELETE' })
    await deliver(person, generation.id, [0])
    expect((await showAvatars(person, generation.id)).avatars[0]).toMatchObject({ status: 'failed', error: 'INVALID' })
    expect(await creditsOf(person)).toEqual({ available: 300, held: 0 })
  })
})

describe('createAvatarFromPreset', () => {
  test('is the person of the preset; what the seller says comes first', async () => {
    const { items } = await expectJson<Page<{ id: string; names: { id: string } }>>(
      requestAs(sari, `${AVATARS}/presets?category=traditional&limit=1`, { headers: { 'accept-language': 'id' } }),
      200,
    )
    const wish = { presetId: items[0]!.id, attributes: { eyeColor: 'green' }, persona: { age: 61 } }
    const [avatar] = await madeAvatars(sari, startAvatars(sari, `${at}/from-preset`, wish))
    expect(avatar).toMatchObject({ sourceType: 'from_preset', presetId: items[0]!.id, persona: { age: 61 } })
    expect(avatar!.attributes.eyeColor).toBe('green')
    expect(avatar!.promptUsed).toMatch(/61 years old/)
  })

  test('a preset that is not there is named', async () => {
    const answer = await startAvatars(sari, `${at}/from-preset`, { presetId: 'no-such-preset' })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 404, details: { field: 'presetId' } })
  })
})

describe('createAvatarFromReference', () => {
  test('follows the colours of the photo; somebody else’s photo is not there', async () => {
    const file = { headers: { 'content-type': 'image/png' }, method: 'POST', body: PHOTO }
    const upload = await expectJson<{ id: string }>(requestAs(sari, '/uploads', file), 201)
    const wish = { referenceImageId: upload.id, consent: { ...CONSENT, kind: 'permission' } }
    const [avatar] = await madeAvatars(sari, startAvatars(sari, `${at}/from-reference`, wish))
    const [r, g] = [1, 3].map((from) => Number.parseInt(avatar!.palette.top!.slice(from, from + 2), 16))
    expect(r).toBeGreaterThan(2 * g!)
    const budi = await signUp()
    const { id } = await newAvatarProject(budi)
    const stolen = await startAvatars(budi, `projects/${id}/avatars/from-reference`, wish)
    expect(await errorOf(stolen)).toMatchObject({ statusCode: 404, details: { field: 'referenceImageId' } })
  })

  test('needs the consent of who is in the photo', async () => {
    const answer = await startAvatars(sari, `${at}/from-reference`, {
      referenceImageId: 'upl_01JD0000000000000000000000',
    })
    expect((await errorOf(answer)).details).toMatchObject({ issues: [{ field: 'consent' }] })
  })
})

describe('varyAvatar', () => {
  test('the same person wears something else; another of the same kind is somebody else', async () => {
    const wish = { attributes: { gender: 'female' }, words: 'kemeja putih' }
    const [parent] = await madeAvatars(sari, startAvatars(sari, `${at}/generate`, wish))
    const [red] = await madeAvatars(sari, startAvatars(sari, `${at}/generate`, { ...wish, words: 'kebaya merah' }))
    const vary = (json: object) => madeAvatars(sari, startAvatars(sari, `avatars/${parent!.id}/variations`, json))
    const [dressed] = await vary({ words: 'kebaya merah' })
    expect([dressed!.parentId, dressed!.words, dressed!.sourceType]).toEqual([parent!.id, 'kebaya merah', 'variation'])
    expect(dressed!.palette.skin).toEqual(parent!.palette.skin)
    expect(dressed!.palette.hair).toEqual(parent!.palette.hair)
    expect(dressed!.palette.top).toBe(red!.palette.top)
    const others = await vary({ keep: 'looks', variationCount: 4 })
    expect(others.map(({ words }) => words)).toEqual(Array(4).fill('kemeja putih'))
    expect(new Set([parent!, ...others].map(({ palette }) => JSON.stringify(palette))).size).toBeGreaterThan(2)
  })

  test('somebody else’s avatar has no variations', async () => {
    const [parent] = await madeAvatars(sari, startAvatars(sari, `${at}/generate`, WORDS))
    const answer = await startAvatars(await signUp(), `avatars/${parent!.id}/variations`, {})
    expect(await errorOf(answer)).toMatchObject({ statusCode: 404, details: { field: 'avatarId' } })
  })
})

describe('showAvatarGeneration, listAvatarGenerations and cancelAvatarGeneration', () => {
  test('what was not begun is called off, and its credits return', async () => {
    const { person, at } = await waiting()
    const { generation, links } = await expectJson<StartedAvatars>(
      startAvatars(person, `${at}/generate`, { ...WORDS, variationCount: 2 }),
      202,
    )
    await deliver(person, generation.id, [0])
    await expectJson(requestAs(person, `/${links.cancel}`, { method: 'POST' }), 200)
    const shown = await showAvatars(person, generation.id)
    expect(shown.avatars.map(({ status }) => status)).toEqual(['completed', 'cancelled'])
    expect(shown.generation).toMatchObject({ status: 'cancelled', creditCharged: 10, creditRefunded: 10 })
    expect((await requestAs(await signUp(), `/${links.self}`)).status).toBe(404)
    const listed = async () =>
      (await expectJson<Page<{ id: string; status: string }>>(requestAs(person, `${AVATARS}/generations`), 200)).items
    await vi.waitUntil(async () => (await listed())[0]?.status === 'cancelled', { timeout: 10_000 })
    expect((await listed()).map(({ id }) => id)).toEqual([generation.id])
  })

  test('every avatar and the end are told live, under the id of the job', async () => {
    const { person, at } = await waiting()
    const { generation, avatarIds } = await expectJson<StartedAvatars>(
      startAvatars(person, `${at}/generate`, WORDS),
      202,
    )
    await deliver(person, generation.id, [0])
    await endedAvatars(person, generation.id)
    const events = await expectJson<Page<{ type: string; jobId?: string; data: { image?: { id: string } } }>>(
      requestAs(person, '/events?after=0'),
      200,
    )
    const told = events.items.filter(({ type, jobId }) => type.startsWith('avatar') && jobId === generation.id)
    expect(told.map(({ type }) => type)).toEqual(['avatar_progress', 'avatar_complete'])
    expect(told[0]!.data.image).toMatchObject({ id: avatarIds[0], status: 'completed' })
  })
})
