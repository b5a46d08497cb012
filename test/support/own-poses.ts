import { eq } from 'drizzle-orm'
import { poseGeometry } from '../../src/db/tables/poses'
import { toOpenPoseJson } from '../../src/render/control-map-json'
import { expectJson, requestAs } from './app'
import type { Person } from './people'
import { db } from './rows'
import { GENERATOR } from './shoots'

export type OwnPose = {
  id: string
  name: string
  description: string
  category: string
  tags: string[]
  peopleCount: number
  previewUrl: string
  previewLargeUrl: string
  controlUrl: string
  source: string
}
export type OpenPose = ReturnType<typeof toOpenPoseJson>

/** Somebody on a chair with one arm up, as pixels of 512 x 768: 18 joints, nothing else. */
export const SITTING = {
  people: [
    {
      pose_keypoints_2d: [
        ...[256, 150, 1, 256, 220, 1, 205, 220, 1, 170, 300, 1, 190, 370, 1, 307, 220, 1, 350, 160, 1, 340, 85, 1],
        ...[228, 380, 1, 205, 450, 1, 205, 570, 1, 284, 380, 1, 307, 450, 1, 307, 570, 1],
        ...[246, 138, 1, 266, 138, 1, 232, 145, 1, 280, 145, 1],
      ],
    },
  ],
  canvas_width: 512,
  canvas_height: 768,
}

/** A library pose as a file of 1024 x 1024 pixels, with the arms drawn elsewhere: a pose that the library does not have. */
export async function fileLike(poseId: string, wristShiftPx = 0): Promise<OpenPose> {
  const [row] = await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, poseId))
  const file = toOpenPoseJson(row!.geometry.people, 1024, 1024)
  for (const person of file.people) {
    for (const wrist of [4, 7]) person.pose_keypoints_2d[wrist * 3 + 1]! -= wristShiftPx
    if (wristShiftPx !== 0) {
      person.hand_left_keypoints_2d = null
      person.hand_right_keypoints_2d = null
    }
  }
  return file
}

export const importAs = (person: Person, openpose: unknown, fields: object = {}): Promise<Response> =>
  requestAs(person, `${GENERATOR}/poses/import`, { json: { name: 'Angkat tangan', openpose, ...fields } })

export const imported = (person: Person, openpose: unknown, fields: object = {}): Promise<OwnPose> =>
  expectJson<OwnPose>(importAs(person, openpose, fields), 201)
