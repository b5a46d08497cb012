import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { generatedPoses } from '../../src/db/tables/generations'
import { poseGeometry, poseShapes, poses } from '../../src/db/tables/poses'
import { MAX_NEW_OWN_POSES_PER_DAY, MAX_OWN_POSES } from '../../src/poses/own/save-own-pose'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { fileLike, importAs, imported, type OpenPose, type OwnPose } from '../support/own-poses'
import type { Person } from '../support/people'
import { copies, db, poseRow } from '../support/rows'
import { creditsOf, ended, GENERATOR, POSES, resultsOf, startShoot } from '../support/shoots'
import { kernel } from '../support/uploads'
import { errorOf } from '../support/walk'

const RAISED_PX = 150
const raised = () => fileLike('stand-neutral', RAISED_PX)
const at = (id: string, rest = '') => `${GENERATOR}/poses/${id}${rest}`
const exported = (person: Person, id: string) => expectJson<OpenPose>(requestAs(person, at(id, '/export')), 200)
/** 70 points around the nose. */
const face = () => Array.from({ length: 70 }, (_, i) => [512 + (i % 10), 140 + Math.floor(i / 10), 1]).flat()

describe('an imported pose (importPose, showOwnPicture, deleteOwnPose)', () => {
  test('is its owner’s, free, and exported as it came: body, hands and face', async () => {
    const sari = await signUp()
    const file = await fileLike('stand-neutral')
    file.people[0]!.face_keypoints_2d = face()
    const pose = await imported(sari, file, { allowSimilar: true, tags: ['Toko'], description: 'Untuk etalase' })
    expect(pose).toMatchObject({ name: 'Angkat tangan', description: 'Untuk etalase', tags: ['toko'], peopleCount: 1 })
    expect(pose).toMatchObject({ source: 'import', id: expect.stringMatching(/^pose-[0-9a-z]{26}$/) })
    const back = await exported(sari, pose.id)
    for (const part of ['pose', 'hand_left', 'hand_right', 'face'] as const) {
      const key = `${part}_keypoints_2d` as const
      const [was, is] = [file.people[0]![key]!, back.people[0]![key]!]
      expect(is).toHaveLength(was.length)
      is.forEach((value, i) => {
        expect(Math.abs(value - was[i]!)).toBeLessThan(0.06)
      })
    }
    const budi = await signUp()
    const again = await imported(budi, back, { allowSimilar: true })
    expect(await exported(budi, again.id)).toEqual(back)
    expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })
  })

  test('shows a preview and a control map by signed links, and to nobody else', async () => {
    const sari = await signUp()
    const pose = await imported(sari, await raised())
    const preview = await request(`/${pose.previewUrl}`)
    expect([preview.status, preview.headers.get('content-type')]).toEqual([200, 'image/webp'])
    expect(preview.headers.get('cache-control')).toMatch(/^private, max-age=\d+$/)
    expect((await preview.arrayBuffer()).byteLength).toBeGreaterThan(1_000)
    const control = await request(`/${pose.controlUrl}`)
    const { rgba, width } = kernel.decodePng(new Uint8Array(await control.arrayBuffer()))
    const file = await raised()
    const [x, y] = [file.people[0]!.pose_keypoints_2d[12]!, file.people[0]!.pose_keypoints_2d[13]!]
    const pixel = (Math.round(y) * width + Math.round(x)) * 4
    // The colour of the right wrist (data/poses/README.md), where the file has it.
    expect([...rgba.slice(pixel, pixel + 3)]).toEqual([170, 255, 0])
    const forged = pose.previewUrl.replace(/sig=.{4}/, 'sig=AAAA')
    expect((await request(`/${forged}`)).status).toBe(403)
    const other = pose.previewUrl.replace(/show=preview/, 'show=control')
    expect((await request(`/${other}`)).status).toBe(403)
  })

  test('leaves no picture behind when it is deleted', async () => {
    const sari = await signUp()
    const kept = async () => {
      const lists = await Promise.all(['preview/', 'control/'].map((prefix) => env.MEDIA.list({ prefix })))
      return lists.flatMap(({ objects }) => objects.map(({ key }) => key)).sort()
    }
    const before = await kept()
    const { id, previewUrl, previewLargeUrl, controlUrl } = await imported(sari, await fileLike('stand-neutral', 140))
    const links = [previewUrl, previewLargeUrl, controlUrl]
    for (const link of links) await (await request(`/${link}`)).arrayBuffer()
    expect((await kept()).length).toBe(before.length + 3)
    expect((await requestAs(sari, at(id), { method: 'DELETE' })).status).toBe(204)
    expect(await kept()).toEqual(before)
    for (const link of links) expect((await request(`/${link}`)).status).toBe(404)
    expect(await kept()).toEqual(before)
  })

  test('is in nobody else’s library, searches or hands', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await imported(sari, await raised(), { name: 'Zirkonium' })
    for (const person of [sari, budi]) {
      const found = await expectJson<{ items: { id: string }[] }>(
        requestAs(person, `${GENERATOR}/library?search=zirkonium`),
        200,
      )
      expect(found.items).toEqual([])
      expect((await requestAs(person, `${GENERATOR}/library/${id}`)).status).toBe(404)
    }
    const file = await requestAs(sari, at(id, '/export'))
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'private, no-cache'])
    expect(file.headers.get('vary')).toContain('Authorization')
    for (const path of [at(id), at(id, '/export')]) expect((await requestAs(budi, path)).status).toBe(404)
    expect((await request(at(id, '/export'))).status).toBe(404)
    expect((await requestAs(budi, at(id), { method: 'PATCH', json: { name: 'Milik Budi' } })).status).toBe(404)
    expect((await requestAs(budi, at(id), { method: 'DELETE' })).status).toBe(404)
    const [row] = await db.select().from(poses).where(eq(poses.id, id))
    expect(row).toMatchObject({ ownerId: sari.user.id, isPublic: false, number: null, nameEn: 'Zirkonium' })
  })

  test('stands in space: 32 joints, none below the floor, and a camera', async () => {
    const sari = await signUp()
    const { id } = await imported(sari, await raised())
    const [row] = await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, id))
    const { people, camera } = row!.geometry
    expect(people[0]!.joints3d).toHaveLength(96)
    expect(camera.focal).toBeGreaterThan(0.5)
    expect(Math.min(...people[0]!.joints3d.filter((_, i) => i % 3 === 1))).toBeGreaterThan(-0.05)
  })
})

describe('a pose that is there already', () => {
  test('is refused with its name, unless similar ones are wished for', async () => {
    const sari = await signUp()
    const file = await fileLike('stand-neutral')
    const error = await errorOf(await importAs(sari, file))
    expect(error).toMatchObject({ code: 'POSE_TOO_NEAR', details: { poseId: 'stand-neutral', mirrored: false } })
    // As nearest says it: four decimals.
    expect(String(error.details?.distance)).toMatch(/^0(\.\d{1,4})?$/)
    await imported(sari, file, { allowSimilar: true })
  })

  test('a file that is sent as text is told what to send', async () => {
    const { issues } = await errorOf(await importAs(await signUp(), JSON.stringify(await raised())))
    expect(issues).toMatchObject([{ field: 'openpose', rule: expect.stringContaining('an object, or a list of one') }])
  })

  test('one’s own counts, somebody else’s does not', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await imported(sari, await raised())
    const error = await errorOf(await importAs(sari, await raised()))
    expect(error).toMatchObject({ code: 'POSE_TOO_NEAR', details: { poseId: id } })
    expect((await importAs(budi, await raised())).status).toBe(201)
  })

  test('the same file sent ten times at once makes one pose (J11)', async () => {
    const sari = await signUp()
    const file = await raised()
    const answers = await Promise.all(Array.from({ length: 10 }, () => importAs(sari, file, { allowSimilar: true })))
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(409)])
    await Promise.all(answers.map((answer) => answer.text()))
    expect(await db.$count(poses, eq(poses.ownerId, sari.user.id))).toBe(1)
    expect(await db.$count(poseShapes, eq(poseShapes.ownerId, sari.user.id))).toBe(1)
  })
})

describe('limits', () => {
  test('renaming a pose again and again draws and keeps no new pictures', async () => {
    const sari = await signUp()
    const { id, previewLargeUrl } = await imported(sari, await raised())
    const pictures = async () => (await env.MEDIA.list({ prefix: 'preview/' })).objects.length
    const first = await (await request(`/${previewLargeUrl}`)).arrayBuffer()
    const before = await pictures()
    for (const name of ['Satu', 'Dua', 'Tiga']) {
      const json = { name, tags: [name] }
      const renamed = await expectJson<OwnPose>(requestAs(sari, at(id), { method: 'PATCH', json }), 200)
      expect(await (await request(`/${renamed.previewLargeUrl}`)).arrayBuffer()).toEqual(first)
    }
    expect(await pictures()).toBe(before)
  })

  test('the five hundred and first living pose is refused, and leaves no trace', async () => {
    const sari = await signUp()
    await rows(sari, MAX_OWN_POSES, 1)
    const error = await errorOf(await importAs(sari, await raised()))
    expect(error).toMatchObject({ code: 'CONFLICT', details: { reason: expect.stringContaining('500') } })
    expect(await db.$count(poses, eq(poses.ownerId, sari.user.id))).toBe(MAX_OWN_POSES)
    expect(await db.$count(poseShapes, eq(poseShapes.ownerId, sari.user.id))).toBe(0)
  })

  test('the hundred and first of a day is refused, also when others were deleted', async () => {
    const sari = await signUp()
    await rows(sari, MAX_NEW_OWN_POSES_PER_DAY, Date.now(), Date.now())
    expect(await errorOf(await importAs(sari, await raised()))).toMatchObject({ code: 'QUOTA_EXCEEDED' })
  })
})

/** Own poses without geometry, as many as that, in one statement. */
async function rows(person: Person, count: number, addedAt: number, deletedAt: number | null = null): Promise<void> {
  const id = await poseRow({ ownerId: person.user.id, addedAt, deletedAt })
  await copies(id, count - 1)
}

describe('what no body can be', () => {
  const wrong: [string, (file: OpenPose) => unknown, string, RegExp][] = [
    ['17 joints', (f) => drop(f, 3), 'openpose.people[0].pose_keypoints_2d', /must be 54 or 75 numbers/],
    ['no neck', (f) => hide(f, 1), 'openpose.people[0].pose_keypoints_2d', /neck/],
    [
      'a forearm as long as a leg',
      (f) => move(f, 4, -320, -330),
      'openpose.people[0].pose_keypoints_2d',
      /right wrist/,
    ],
    [
      'a foot below the picture',
      (f) => move(f, 10, 0, 400),
      'openpose.people[0].pose_keypoints_2d',
      /right ankle is outside/,
    ],
    ['nobody', (f) => ({ ...f, people: [] }), 'openpose.people', /one or two people/],
    [
      'a crowd',
      (f) => ({ ...f, people: [...f.people, ...f.people, ...f.people] }),
      'openpose.people',
      /one or two people/,
    ],
    ['one side of the canvas', ({ canvas_height: _, ...f }) => f, 'openpose.canvas_height', /required/],
  ]
  const body = (file: OpenPose) => file.people[0]!.pose_keypoints_2d
  const drop = (file: OpenPose, count: number) => {
    body(file).splice(-count)
    return file
  }
  const hide = (file: OpenPose, joint: number) => {
    body(file).fill(0, joint * 3, joint * 3 + 3)
    return file
  }
  const move = (file: OpenPose, joint: number, x: number, y: number) => {
    body(file)[joint * 3]! += x
    body(file)[joint * 3 + 1]! += y
    return file
  }

  test.each(wrong)('%s is refused, and the field named', async (_what, spoil, field, rule) => {
    const sari = await signUp()
    const answer = await importAs(sari, spoil(await fileLike('stand-neutral')))
    expect(answer.status).toBe(422)
    const { issues } = await errorOf(answer)
    expect(issues[0]).toMatchObject({ field, rule: expect.stringMatching(rule) })
    expect(await db.$count(poses, eq(poses.ownerId, sari.user.id))).toBe(0)
  })
})

describe('hostile files', () => {
  const nested = (open: string, close: string, depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`

  test.each([
    ['lists in lists', nested('[', ']', 120_000)],
    ['lists in lists, within the limit of bytes', nested('[', ']', 30_000)],
    ['objects in objects', nested('{"a":', '}', 40_000)],
    ['numbers beyond what a number can be', `[{"pose_keypoints_2d":[1e999${',1'.repeat(53)}]}]`],
    ['numbers as words', `[{"pose_keypoints_2d":["NaN"${',1'.repeat(53)}]}]`],
    ['keys of the language', '[{"__proto__":{"pose_keypoints_2d":[1,1,1]},"constructor":{"prototype":{"x":1}}}]'],
  ])('%s are refused like any other mistake', async (_what, people) => {
    const sari = await signUp()
    const headers = { 'content-type': 'application/json' }
    const body = `{"name":"Angkat","openpose":{"people":${people}}}`
    const answer = await requestAs(sari, `${GENERATOR}/poses/import`, { method: 'POST', headers, body })
    expect(await errorOf(answer)).toMatchObject({ statusCode: 422, code: 'VALIDATION_FAILED' })
  })
})

describe('words (updateOwnPose)', () => {
  test('a name that no picture may show is refused', async () => {
    const sari = await signUp()
    const error = await errorOf(await importAs(sari, await raised(), { name: 'telanjang bulat' }))
    expect(error).toMatchObject({ code: 'PROMPT_REJECTED', details: { field: 'name' } })
  })

  test('are changed one by one; the pose stays', async () => {
    const sari = await signUp()
    const { id, category } = await imported(sari, await raised())
    const changed = await expectJson<OwnPose>(
      requestAs(sari, at(id), { method: 'PATCH', json: { name: 'Sambut tamu' } }),
      200,
    )
    expect(changed).toMatchObject({ id, name: 'Sambut tamu', category })
    const wrong = await requestAs(sari, at(id), { method: 'PATCH', json: { category: 'no-such-category' } })
    expect((await errorOf(wrong)).issues).toMatchObject([{ field: 'category' }])
  })
})

test('a draft is kept with the body that the rig gave it (savePose)', async () => {
  const sari = await signUp()
  const text = 'berdiri, tangan kiri di pinggang, tangan kanan melambai'
  const { seed, drafts } = await expectJson<{ seed: number; drafts: { people: { keypoints2d: number[] }[] }[] }>(
    requestAs(sari, `${GENERATOR}/poses/draft`, { json: { text, count: 2 } }),
    200,
  )
  const json = { name: 'Sapa pembeli', text, seed, draft: 1, allowSimilar: true }
  const pose = await expectJson<OwnPose>(requestAs(sari, `${GENERATOR}/poses`, { json }), 201)
  expect(pose).toMatchObject({ source: 'draft', name: 'Sapa pembeli' })
  const [row] = await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, pose.id))
  expect(row!.geometry.people[0]!.keypoints2d).toEqual(drafts[1]!.people[0]!.keypoints2d)
})

describe('a shoot', () => {
  test('of an own pose makes pictures of exactly that pose', async () => {
    const sari = await signUp()
    const { id } = await imported(sari, await raised())
    const { generation } = await startShoot(sari, { selectedPoseIds: [id] })
    await ended(sari, generation.id)
    const [picture] = (await resultsOf(sari, generation.id)).items
    expect(picture).toMatchObject({ poseId: id, status: 'completed' })
    const [row] = await db.select().from(generatedPoses).where(eq(generatedPoses.id, picture!.id))
    expect(row!.poseMatch).toBeGreaterThan(0.8)
  })

  test('takes nobody else’s pose, and no deleted one', async () => {
    const [sari, budi] = [await signUp(), await signUp()]
    const { id } = await imported(sari, await raised())
    await expect(startShoot(budi, { selectedPoseIds: [id] })).rejects.toThrow(/there is no pose/)
    expect((await requestAs(sari, at(id), { method: 'DELETE' })).status).toBe(204)
    await expect(startShoot(sari, { selectedPoseIds: [id] })).rejects.toThrow(/there is no pose/)
    expect((await requestAs(sari, at(id))).status).toBe(404)
    expect((await requestAs(sari, at(id), { method: 'DELETE' })).status).toBe(404)
  })

  test('that has started keeps the pose which is deleted meanwhile (J12)', async () => {
    const sari = await signUp()
    const { id } = await imported(sari, await raised())
    const { generation } = await startShoot(sari, { selectedPoseIds: [id, POSES[1]] })
    expect((await requestAs(sari, at(id), { method: 'DELETE' })).status).toBe(204)
    await ended(sari, generation.id)
    const { items } = await resultsOf(sari, generation.id)
    expect(items.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect((await importAs(sari, await raised())).status).toBe(201)
  })
})
