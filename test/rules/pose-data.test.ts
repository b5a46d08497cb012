import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { featuredPoseIds } from '../../scripts/seed/featured.mjs'

type Text = { en: string; id: string }
type Pose = {
  id: string
  basePose: string
  name: Text
  category: string
  subcategory: string
  categoryPath: string[]
  description: Text
  tags: { en: string[]; id: string[] }
  difficulty: string
  genders: string[]
  peopleCount: number
  stance: string
  framing: string
  view: { label: string }
  props: string[]
  promptHint: string
  people: {
    build: string
    keypoints2d: number[]
    handLeft2d: number[] | null
    handRight2d: number[] | null
    joints3d: number[]
  }[]
  camera: { position: number[]; pitch: number; focal: number; centerX: number; centerY: number }
  source: string
  license: string
}
type Category = {
  slug: string
  name: Text
  icon?: string
  color?: string
  level: number
  order: number
  poseCount: number
  children?: Category[]
}
type PoseSchema = {
  $defs: { pose: { required: string[]; properties: Record<string, { enum?: string[]; items?: { enum: string[] } }> } }
}

const read = <T>(name: string) => JSON.parse(readFileSync(`data/poses/${name}`, 'utf8')) as T
const file = read<{ count: number; jointNames3d: string[]; poses: Pose[] }>('poses.json')
const { poses } = file
const { categories } = read<{ categories: Category[] }>('categories.json')
const schema = read<PoseSchema>('schema.json').$defs.pose

const flat = (list: Category[], path: string[] = []): { category: Category; path: string[] }[] =>
  list.flatMap((category) => {
    const here = [...path, category.slug]
    return [{ category, path: here }, ...flat(category.children ?? [], here)]
  })
const allCategories = flat(categories)

/** Ids of the poses for which something does not hold: the failing test then says which ones. */
const failing = (holds: (pose: Pose) => boolean) => poses.filter((pose) => !holds(pose)).map((pose) => pose.id)

describe('the 811 poses', () => {
  test('have unique ids and show 654 base poses', () => {
    expect(poses).toHaveLength(811)
    expect(file.count).toBe(811)
    expect(new Set(poses.map((pose) => pose.id)).size).toBe(811)
    expect(failing(({ id }) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) && id.length <= 80)).toEqual([])
    expect(new Set(poses.map((pose) => pose.basePose)).size).toBe(654)
    const ids = new Set(poses.map((pose) => pose.id))
    expect(failing(({ basePose }) => ids.has(basePose))).toEqual([])
  })

  test('have every field of the schema and no other value than its lists allow', () => {
    expect(failing((pose) => schema.required.every((field) => field in pose))).toEqual([])
    expect(failing((pose) => Object.keys(pose).every((field) => field in schema.properties))).toEqual([])
    for (const field of ['difficulty', 'stance', 'framing'] as const) {
      expect(failing((pose) => schema.properties[field]!.enum!.includes(pose[field]))).toEqual([])
    }
    for (const field of ['genders', 'props'] as const) {
      expect(
        failing((pose) => pose[field].every((value) => schema.properties[field]!.items!.enum.includes(value))),
      ).toEqual([])
    }
    expect(failing(({ genders }) => genders.length >= 1 && new Set(genders).size === genders.length)).toEqual([])
  })

  test('have names, descriptions and tags in both languages', () => {
    for (const language of ['en', 'id'] as const) {
      expect(failing(({ name }) => name[language].length >= 2 && name[language].length <= 100)).toEqual([])
      expect(failing(({ description }) => description[language].length >= 20)).toEqual([])
      expect(failing(({ tags }) => tags[language].length >= 2)).toEqual([])
      expect(
        failing(({ tags }) => tags[language].every((tag) => tag === tag.toLowerCase() && tag === tag.trim())),
      ).toEqual([])
      expect(failing(({ tags }) => tags[language].every((tag) => tag.length <= 40 && !tag.includes(',')))).toEqual([])
    }
  })

  test('have as many people as they say, with all keypoints in the picture', () => {
    expect(failing(({ people, peopleCount }) => people.length === peopleCount && peopleCount <= 2)).toEqual([])
    const inPicture = (value: number) => Number.isFinite(value) && value >= 0 && value <= 1
    expect(
      failing(({ people }) =>
        people.every(({ keypoints2d }) => {
          const visibilities = keypoints2d.filter((_, i) => i % 3 === 2)
          const coordinates = keypoints2d.filter((_, i) => i % 3 !== 2)
          return (
            keypoints2d.length === 54 &&
            coordinates.every(inPicture) &&
            visibilities.every((v) => [0, 1, 2].includes(v))
          )
        }),
      ),
    ).toEqual([])
    expect(
      failing(({ people }) =>
        people.every(({ handLeft2d, handRight2d }) =>
          [handLeft2d, handRight2d].every((hand) => hand === null || (hand.length === 42 && hand.every(inPicture))),
        ),
      ),
    ).toEqual([])
  })

  test('draw enough joints to be a pose', () => {
    const drawn = (keypoints: number[]) => keypoints.filter((v, i) => i % 3 === 2 && v > 0).length
    expect(failing(({ people }) => people.every(({ keypoints2d }) => drawn(keypoints2d) >= 6))).toEqual([])
  })

  test('have 32 joints above the floor that the camera projects onto the keypoints', () => {
    expect(file.jointNames3d).toHaveLength(32)
    const joint = (name: string) => file.jointNames3d.indexOf(name)
    const pairs = [
      [2, joint('right_shoulder')],
      [4, joint('right_wrist')],
      [5, joint('left_shoulder')],
      [7, joint('left_wrist')],
      [10, joint('right_ankle')],
      [13, joint('left_ankle')],
    ] as const
    const wrong = failing(({ people, camera }) =>
      people.every(({ joints3d, keypoints2d }) => {
        if (
          joints3d.length !== 96 ||
          !joints3d.every((value, i) => Number.isFinite(value) && (i % 3 !== 1 || value > -0.05))
        )
          return false
        return pairs.every(([keypoint, index]) => {
          if (keypoints2d[keypoint * 3 + 2] === 0) return true
          const [x, y] = project(joints3d.slice(index * 3, index * 3 + 3), camera)
          return (
            Math.abs(x - keypoints2d[keypoint * 3]!) < 0.005 && Math.abs(y - keypoints2d[keypoint * 3 + 1]!) < 0.005
          )
        })
      }),
    )
    expect(wrong).toEqual([])
  })

  test('have a hand shape for each person, and shapes for the props that they name', () => {
    const shapes = read<{ poses: Record<string, { hands: unknown[]; props?: unknown[] }> }>('props.json').poses
    expect(Object.keys(shapes).toSorted()).toEqual(poses.map((pose) => pose.id).toSorted())
    expect(failing(({ id, peopleCount }) => shapes[id]!.hands.length === peopleCount)).toEqual([])
    expect(failing(({ id, props }) => (shapes[id]!.props ?? []).length > 0 === props.length > 0)).toEqual([])
  })

  test('are original work, each with a preview', () => {
    expect(
      failing(({ source, license }) => source === 'original' && license === 'LicenseRef-Project-Original'),
    ).toEqual([])
    expect(failing(({ id }) => existsSync(`data/poses/previews/${id}.webp`))).toEqual([])
  })
})

/** The pinhole camera of data/poses/schema.json: a world point in metres to 0..1 of the square picture. */
function project(point: number[], { position, pitch, focal, centerX, centerY }: Pose['camera']): [number, number] {
  const radians = (pitch * Math.PI) / 180
  const [dx, dy, dz] = [0, 1, 2].map((axis) => point[axis]! - position[axis]!) as [number, number, number]
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)]
  const depth = -dy * sin - dz * cos
  return [centerX + (focal * dx) / depth, centerY - (focal * (dy * cos - dz * sin)) / depth]
}

describe('the categories', () => {
  test('are a tree of three levels at most, 15 main ones with icon and colour', () => {
    expect(categories).toHaveLength(15)
    expect(allCategories.every(({ category, path }) => category.level === path.length && path.length <= 3)).toBe(true)
    expect(new Set(allCategories.map(({ category }) => category.slug)).size).toBe(allCategories.length)
    for (const { icon, color } of categories) {
      expect(icon).toMatch(/^[a-z-]+$/)
      expect(color).toMatch(/^#[0-9A-F]{6}$/)
    }
  })

  test('are those that the poses name, along the same paths', () => {
    const paths = new Map(allCategories.map(({ category, path }) => [category.slug, path.join('/')]))
    expect(failing((pose) => paths.get(pose.subcategory) === pose.categoryPath.join('/'))).toEqual([])
    expect(failing((pose) => pose.categoryPath[0] === pose.category)).toEqual([])
  })

  test('count the poses in them and below them', () => {
    for (const { category } of allCategories) {
      const count = poses.filter((pose) => pose.categoryPath.includes(category.slug)).length
      expect([category.slug, category.poseCount]).toEqual([category.slug, count])
    }
  })
})

test("the editors' choice names poses that are there, some of every main category", () => {
  const featured = poses.filter((pose) => featuredPoseIds.includes(pose.id))
  expect(featuredPoseIds.filter((id) => !poses.some((pose) => pose.id === id))).toEqual([])
  expect(new Set(featuredPoseIds).size).toBe(featuredPoseIds.length)
  expect(new Set(featured.map((pose) => pose.category)).size).toBe(categories.length)
})
