// data/poses as rows of the tables in src/db/tables/poses.ts. Reads files, knows nothing of SQL.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { shapeRowsOf } from '../../src/poses/shape/shape-rows.ts'
import { featuredPoseIds } from './featured.mjs'

const dataFolder = new URL('../../data/poses/', import.meta.url)
const seedFolder = new URL('./', import.meta.url)
const shapeFolder = new URL('../../src/poses/shape/', import.meta.url)
const dataFiles = ['poses.json', 'categories.json', 'props.json']

const dataPath = (name) => fileURLToPath(new URL(name, dataFolder))
const readData = (name) => JSON.parse(readFileSync(dataPath(name), 'utf8'))

/** SHA-256 as hex. */
export const sha256 = (text) => createHash('sha256').update(text).digest('hex')

/**
 * SHA-256 (hex) over the data files and the code that turns them into rows: a mended mapping must reach a database
 * whose data did not change.
 */
export function libraryVersion() {
  const hash = createHash('sha256')
  for (const name of dataFiles)
    if (existsSync(dataPath(name))) hash.update(`${name}\0`).update(readFileSync(dataPath(name)))
  for (const folder of [seedFolder, shapeFolder]) {
    for (const name of readdirSync(folder).sort())
      if (/\.m?[jt]s$/.test(name) && !name.endsWith('.d.mts'))
        hash.update(`${name}\0`).update(readFileSync(new URL(name, folder)))
  }
  return hash.digest('hex')
}

/** Rows of `pose_categories`, parents before their children. */
export function readCategories() {
  const below = (categories, parentSlug) =>
    categories.flatMap(({ slug, name, icon, color, level, order, children = [] }) => [
      {
        slug,
        parent_slug: parentSlug,
        name_en: name.en,
        name_id: name.id,
        icon: icon ?? null,
        color: color ?? null,
        level,
        display_order: order,
      },
      ...below(children, slug),
    ])
  return below(readData('categories.json').categories, null)
}

/**
 * Each pose of the library in the curated order: `{ row, geometry, shapes }`, a row of `poses`, one of `pose_geometry` and those of
 * `pose_shapes`, one for each person.
 */
export function readPoses() {
  const shapes = existsSync(dataPath('props.json')) ? readData('props.json').poses : {}
  const featured = new Set(featuredPoseIds)
  return readData('poses.json').poses.map((pose, index) => {
    const geometry = JSON.stringify(geometryOf(pose, shapes[pose.id]))
    return {
      row: {
        id: pose.id,
        base_pose: pose.basePose,
        category_slug: pose.subcategory,
        category_path: JSON.stringify(pose.categoryPath),
        name_en: pose.name.en,
        name_id: pose.name.id,
        description_en: pose.description.en,
        description_id: pose.description.id,
        tags_en: JSON.stringify(pose.tags.en),
        tags_id: JSON.stringify(pose.tags.id),
        difficulty: pose.difficulty,
        gender: pose.genders.length === 1 ? pose.genders[0] : 'unisex',
        people_count: pose.peopleCount,
        stance: pose.stance,
        framing: pose.framing,
        view: pose.view.label,
        props: JSON.stringify(pose.props),
        prompt_hint: pose.promptHint,
        is_featured: featured.has(pose.id),
        is_premium: false,
        is_public: true,
        display_order: index,
        revision: sha256(geometry).slice(0, 12),
        shipped_revision: sha256(geometry).slice(0, 12),
        source: pose.source,
        license: pose.license,
        credit: pose.credit,
      },
      geometry: { pose_id: pose.id, geometry },
      shapes: shapeRowsOf(pose.id, null, pose.people).map(({ cell, person, descriptor }) => ({
        ...{ owner_id: '', cell, pose_id: pose.id, person, descriptor },
      })),
    }
  })
}

/** The PoseGeometry of a pose. `shapes` is its entry of props.json: hand shapes of each person, and the props if any. */
function geometryOf({ people, camera }, shapes) {
  if (!shapes) return { people, camera }
  const shaped = people.map((person, index) => ({ ...person, ...shapes.hands[index] }))
  return { people: shaped, camera, propShapes: shapes.props ?? [] }
}
