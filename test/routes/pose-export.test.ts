import { expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

type OpenPose = {
  people: { pose_keypoints_2d: number[]; hand_left_keypoints_2d: number[] | null }[]
  canvas_width: number
  canvas_height: number
}

test('a pose is exported as OpenPose JSON in pixels, drawn joints with confidence 1', async () => {
  const answer = await request('/apps/pose-generator/poses/carry-box-chest/export?format=openpose')
  expect(answer.headers.get('content-disposition')).toBe('attachment; filename="carry-box-chest.openpose.json"')
  const file = await expectJson<OpenPose>(answer, 200)
  const pose = await expectJson<{ people: { keypoints2d: number[] }[] }>(
    request('/apps/pose-generator/library/carry-box-chest'),
    200,
  )
  expect([file.canvas_width, file.canvas_height]).toEqual([1024, 1024])
  const keypoints = pose.people[0]!.keypoints2d
  for (let joint = 0; joint < 18; joint++) {
    const [x, y, v] = keypoints.slice(joint * 3)
    const [px, py, confidence] = file.people[0]!.pose_keypoints_2d.slice(joint * 3)
    expect(confidence).toBe(v === 0 ? 0 : 1)
    if (v !== 0) {
      expect(px).toBeCloseTo(x! * 1024, 1)
      expect(py).toBeCloseTo(y! * 1024, 1)
    }
  }
})

test('a format that nobody writes is refused by name, a pose that is not there is 404', async () => {
  const answer = await expectJson<{ error: { details: { issues: { field: string }[] } } }>(
    request('/apps/pose-generator/poses/carry-box-chest/export?format=bvh'),
    422,
  )
  expect(answer.error.details.issues[0]?.field).toBe('format')
  expect((await request('/apps/pose-generator/poses/no-such-pose/export')).status).toBe(404)
})
