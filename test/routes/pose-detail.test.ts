import { env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/db/client'
import { loadPoses } from '../../src/poses/load-pose'
import { expectJson, request } from '../support/app'

type Pose = {
  id: string
  name: string
  promptHint: string
  people: { keypoints2d: number[]; joints3d: number[] }[]
  camera: { position: number[]; focal: number }
  peopleCount: number
  license: string
}

describe('GET /library/:id', () => {
  test('shows the card with keypoints, camera and prompt hint', async () => {
    const pose = await expectJson<Pose>(request('/apps/pose-generator/library/carry-box-chest'), 200)
    expect(pose).toMatchObject({ id: 'carry-box-chest', name: 'Carry Box at Chest', peopleCount: 1 })
    expect(pose.people[0]?.keypoints2d).toHaveLength(54)
    expect(pose.people[0]?.joints3d).toHaveLength(96)
    expect(pose.camera.position).toHaveLength(3)
    expect(pose.promptHint).toContain('box')
    expect(pose.license).toBe('LicenseRef-Project-Original')
  })

  test('shows both people of a two-person pose', async () => {
    expect((await expectJson<Pose>(request('/apps/pose-generator/library/duo-handshake'), 200)).people).toHaveLength(2)
  })

  test.each(['', '/control', '/preview'])('answers 404 for a pose that is not there%s', async (path) => {
    const answer = await expectJson<{ error: { code: string } }>(
      request(`/apps/pose-generator/library/no-such-pose${path}`),
      404,
    )
    expect(answer.error.code).toBe('NOT_FOUND')
  })

  test('names the rule of an id that no pose can have', async () => {
    const answer = await expectJson<{ error: { details: { issues: { field: string; rule: string }[] } } }>(
      request('/apps/pose-generator/library/..%2Fsecret'),
      422,
    )
    expect(answer.error.details.issues[0]).toMatchObject({ field: 'id' })
  })
})

describe('loadPoses', () => {
  const db = openDatabase(env.DB)
  const allIds = async () =>
    (
      await env.DB.prepare(
        "select id from poses where credit like 'Original pose%' and id not like 'row-%' order by id",
      ).all<{ id: string }>()
    ).results.map((row) => row.id)

  test('loads more poses than a query has parameters, twice the same', async () => {
    const many = await allIds()
    const ids = [...many, ...Array.from({ length: 200 - many.length }, (_, i) => `missing-${i}`)]
    const poses = await loadPoses(db, ids)
    expect([...poses.keys()].toSorted()).toEqual(many.toSorted())
    expect(await loadPoses(db, ids)).toEqual(poses)
    for (const { geometry, peopleCount } of poses.values()) expect(geometry.people).toHaveLength(peopleCount)
  })

  test('answers an edited pose as it is now', async () => {
    const before = (await loadPoses(db, ['yoga-tree'])).get('yoga-tree')!
    const edited = { ...before.geometry, camera: { ...before.geometry.camera, focal: 9 } }
    const write = (geometry: unknown, revision: string) =>
      env.DB.batch([
        env.DB.prepare("update pose_geometry set geometry = ? where pose_id = 'yoga-tree'").bind(
          JSON.stringify(geometry),
        ),
        env.DB.prepare("update poses set revision = ? where id = 'yoga-tree'").bind(revision),
      ])
    await write(edited, 'edited')
    const after = (await loadPoses(db, ['yoga-tree'])).get('yoga-tree')
    await write(before.geometry, before.revision)
    expect(after?.geometry.camera.focal).toBe(9)
  })

  test('keeps hidden poses, which old generations still show', async () => {
    await env.DB.prepare("update poses set is_public = 0 where id = 'yoga-tree'").run()
    const hidden = (await loadPoses(db, ['yoga-tree'])).get('yoga-tree')
    await env.DB.prepare("update poses set is_public = 1 where id = 'yoga-tree'").run()
    expect(hidden?.isPublic).toBe(false)
  })

  test('knows nothing of an id list that is empty', async () => {
    expect(await loadPoses(db, [])).toEqual(new Map())
  })
})
