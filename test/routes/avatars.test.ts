import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { expectJson, request, requestAs, signUp } from '../support/app'
import {
  AVATARS,
  type Avatar,
  avatarProjectRow,
  avatarRow,
  avatarWithPictures,
  listAvatars,
  showAvatar,
  updateAvatar,
} from '../support/avatars'
import type { Person } from '../support/people'
import { presetRow } from '../support/presets'
import { uploadRow } from '../support/rows'
import { creditsOf } from '../support/shoots'
import { jpeg, png } from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
let projectId: string
beforeAll(async () => {
  sari = await signUp()
  projectId = await avatarProjectRow(sari.user.id)
})

describe('GET /apps/avatar-creator/avatars/:id (showAvatar)', () => {
  test('tells who it is, how it looks and what it was made of', async () => {
    const presetId = await presetRow({ isPublic: false })
    const parentId = await avatarRow(sari.user.id, projectId)
    const uploadId = await uploadRow(sari.user.id)
    const generationId = newId('avatarGeneration')
    const id = await avatarWithPictures(sari.user.id, projectId, {
      ...{
        generationId,
        name: 'Sari',
        sourceType: 'from_reference',
        words: 'kebaya hijau',
        presetId,
        parentId,
        uploadId,
      },
      ...{
        personaName: 'Sari Dewi',
        personaAge: 27,
        personaPersonality: ['warm', 'sabar'],
        personaBackground: 'Guru.',
      },
      ...{ gender: 'female', ageRange: '25-34', ethnicity: 'sundanese', bodyType: 'average', hairStyle: 'hijab' },
      ...{ skinTone: 'medium', style: 'modest', promptUsed: 'a portrait', seedUsed: 4_294_967_295, provider: 'fal' },
      ...{ model: 'flux', widthPx: 768, heightPx: 1024, face: { x: 0.25, y: 0.1, width: 0.5, height: 0.4 } },
      palette: { skin: [180, 120, 90], hair: null, top: [0, 10, 255], bottom: [255, 255, 255] },
      ...{ createdAt: 1_700_000_000_000, updatedAt: 1_700_000_000_001 },
    })
    expect(await showAvatar(sari, id)).toEqual({
      ...{ id, projectId, generationId, name: 'Sari', sourceType: 'from_reference', words: 'kebaya hijau' },
      persona: { name: 'Sari Dewi', age: 27, personality: ['warm', 'sabar'], background: 'Guru.' },
      attributes: {
        ...{ gender: 'female', ageRange: '25-34', ethnicity: 'sundanese', bodyType: 'average', hairStyle: 'hijab' },
        ...{ hairColor: null, eyeColor: null, skinTone: 'medium', style: 'modest' },
      },
      imageUrl: expect.stringContaining(`/api/v1/media/${id}?variant=original&exp=`),
      thumbnailUrl: expect.stringContaining(`/api/v1/media/${id}?variant=thumbnail&exp=`),
      ...{ width: 768, height: 1024, face: { x: 0.25, y: 0.1, width: 0.5, height: 0.4 } },
      palette: { skin: '#B4785A', hair: null, top: '#000AFF', bottom: '#FFFFFF' },
      ...{ provider: 'fal', model: 'flux', simulated: false, promptUsed: 'a portrait', seedUsed: 4_294_967_295 },
      ...{ presetId, parentId, sourceUploadId: uploadId, usageCount: 0, lastUsedAt: null },
      ...{ createdAt: '2023-11-14T22:13:20.000Z', updatedAt: '2023-11-14T22:13:20.001Z' },
    })
  })

  test('its links show the picture and the thumbnail, to whoever has them, each for itself', async () => {
    const { imageUrl, thumbnailUrl } = await showAvatar(sari, await avatarWithPictures(sari.user.id, projectId))
    for (const [url, type, bytes] of [
      [imageUrl, 'image/png', png],
      [thumbnailUrl, 'image/jpeg', jpeg],
    ] as const) {
      const answer = await request(url.replace('/api/v1', ''))
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
      expect(answer.headers.get('content-disposition')).toMatch(/^inline; filename="avt_/)
      expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes)
    }
    const forged = imageUrl.replace('variant=original', 'variant=thumbnail')
    expect((await request(forged.replace('/api/v1', ''))).status).toBe(403)
  })

  test('a link to an avatar that is gone shows nothing', async () => {
    const id = await avatarWithPictures(sari.user.id, projectId)
    const { imageUrl } = await showAvatar(sari, id)
    await env.DB.prepare('delete from avatars where id = ?').bind(id).run()
    expect((await request(imageUrl.replace('/api/v1', ''))).status).toBe(404)
    expect((await requestAs(sari, `${AVATARS}/avatars/${id}`)).status).toBe(404)
  })
})

describe('GET /apps/avatar-creator/avatars (listAvatars)', () => {
  test('shows one’s own of all projects, newest first, or of one project or one way', async () => {
    const budi = await signUp()
    const [one, other] = [await avatarProjectRow(budi.user.id), await avatarProjectRow(budi.user.id)]
    const photo = await avatarRow(budi.user.id, one, { sourceType: 'uploaded', provider: null, model: null })
    const drawn = await avatarRow(budi.user.id, other)
    const preset = await avatarRow(budi.user.id, one, { sourceType: 'from_preset' })
    const idsOf = async (query = '') => (await listAvatars(budi, query)).items.map(({ id }) => id)
    expect(await idsOf()).toEqual([preset, drawn, photo])
    expect(await idsOf(`?projectId=${one}`)).toEqual([preset, photo])
    expect(await idsOf('?sourceType=uploaded')).toEqual([photo])
    expect(await idsOf(`?projectId=${other}&sourceType=uploaded`)).toEqual([])
    const first = await listAvatars(budi, '?limit=2')
    expect(await idsOf(`?limit=2&cursor=${first.page.nextCursor}`)).toEqual([photo])
  })

  test('of somebody else’s project it shows nothing', async () => {
    await avatarRow(sari.user.id, projectId)
    expect((await listAvatars(await signUp(), `?projectId=${projectId}`)).items).toEqual([])
    for (const query of ['?projectId=prj_1', '?sourceType=stolen'])
      expect((await requestAs(sari, `${AVATARS}/avatars${query}`)).status).toBe(422)
  })
})

describe('PUT /apps/avatar-creator/avatars/:id (updateAvatar)', () => {
  const made = () =>
    avatarRow(sari.user.id, projectId, {
      ...{ name: 'Sari', personaName: 'Sari', personaAge: 27, personaPersonality: ['warm'], personaBackground: 'Guru' },
      ...{ gender: 'female', hairStyle: 'long', style: 'casual' },
    })
  const changed = async (id: string, json: unknown) => expectJson<Avatar>(updateAvatar(sari, id, json), 200)

  test('changes what is named, clears what is null, and leaves the rest; it costs nothing', async () => {
    const before = await creditsOf(sari)
    const id = await made()
    const original = await showAvatar(sari, id)
    const after = await changed(id, {
      persona: { age: null, personality: ['sabar', 'teliti'] },
      attributes: { hairStyle: 'hijab', style: null },
    })
    expect(after.name).toBe('Sari')
    expect(after.persona).toEqual({ name: 'Sari', age: null, personality: ['sabar', 'teliti'], background: 'Guru' })
    expect(after.attributes).toEqual({ ...original.attributes, hairStyle: 'hijab', style: null })
    const renamed = await changed(id, { name: 'Sari Dewi' })
    expect(renamed).toMatchObject({ name: 'Sari Dewi', persona: after.persona, attributes: after.attributes })
    for (const key of ['generationId', 'sourceType', 'seedUsed', 'promptUsed', 'width', 'palette'] as const)
      expect(renamed[key]).toEqual(original[key])
    expect(await creditsOf(sari)).toEqual(before)
  })

  test.each([
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(101) }],
    ['persona.age', { persona: { age: 17 } }],
    ['persona.age', { persona: { age: 101 } }],
    ['persona.age', { persona: { age: 27.5 } }],
    ['persona.name', { persona: { name: '' } }],
    ['persona.personality', { persona: { personality: ['warm', 'Warm'] } }],
    ['persona.personality', { persona: { personality: Array.from({ length: 9 }, (_, n) => `trait ${n}`) } }],
    ['persona.personality.0', { persona: { personality: ['x'.repeat(31)] } }],
    ['persona.background', { persona: { background: 'x'.repeat(501) } }],
    ['persona.credits', { persona: { credits: 1 } }],
    ['attributes.gender', { attributes: { gender: 'FEMALE' } }],
    ['attributes.ageRange', { attributes: { ageRange: '13-17' } }],
    ['attributes.tail', { attributes: { tail: 'long' } }],
    ['objectKey', { objectKey: 'u/usr_1/x' }],
    ['usageCount', { usageCount: 9 }],
  ])('names %s when it is wrong, and changes nothing', async (field, json) => {
    const id = await made()
    const before = await showAvatar(sari, id)
    const { code, issues } = await errorOf(await updateAvatar(sari, id, json))
    expect(code).toBe('VALIDATION_FAILED')
    expect(issues.map((issue) => issue.field)).toContain(field)
    expect(await showAvatar(sari, id)).toMatchObject({
      name: before.name,
      persona: before.persona,
      updatedAt: before.updatedAt,
    })
  })

  test('words that no picture may be made of are refused in every text, in both languages', async () => {
    const id = await made()
    for (const [field, json] of [
      ['name', { name: 'nude model' }],
      ['persona.name', { persona: { name: 'telanjang' } }],
      ['persona.personality', { persona: { personality: ['warm', 'nude'] } }],
      ['persona.background', { persona: { background: 'She is nude' } }],
    ] as const) {
      const { code, details } = await errorOf(await updateAvatar(sari, id, json))
      expect([code, details]).toEqual(['PROMPT_REJECTED', { field }])
    }
    expect(await showAvatar(sari, id)).toMatchObject({ name: 'Sari', persona: { personality: ['warm'] } })
  })

  test('somebody under 18 is refused, in words too; an adult’s story and a name of Bali are not', async () => {
    const id = await made()
    for (const json of [{ persona: { background: 'She is a 15 year old girl' } }, { name: 'gadis 15 tahun' }]) {
      const { code, details } = await errorOf(await updateAvatar(sari, id, json))
      expect([code, details?.reason]).toEqual(['PROMPT_REJECTED', 'minor'])
    }
    await changed(id, { persona: { name: 'Anak Agung Ayu', background: 'Ibu dari dua anak, menjual baju anak.' } })
  })

  test('what is harmless in each of two requests is refused when it is said together', async () => {
    const id = await made()
    await changed(id, { name: 'without' })
    const together = await updateAvatar(sari, id, { persona: { name: 'clothes' } })
    const alone = await updateAvatar(sari, await made(), { persona: { name: 'clothes' } })
    expect([together.status, alone.status]).toEqual([422, 200])
  })

  test('somebody else’s is not found and stays as it is', async () => {
    const id = await made()
    const answer = await updateAvatar(await signUp(), id, { name: 'nude' })
    expect(answer.status).toBe(404)
    expect(await showAvatar(sari, id)).toMatchObject({ name: 'Sari' })
  })
})
