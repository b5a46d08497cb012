// The pose library and the presets of avatars as SQL. Every statement may run twice, and the versions are written last: a
// seed that was cut short anywhere is completed by running it again.
import { libraryVersion, readCategories, readPoses } from './library-data.mjs'
import { presetsVersion, readPresets } from './preset-data.mjs'
import { spreadSubset } from './subset.mjs'

export { libraryVersion, presetsVersion }

/** D1 takes statements of 100 KB (https://developers.cloudflare.com/d1/platform/limits/). */
const MAX_STATEMENT_BYTES = 90_000
/** Rows are packed up to here; one row of geometry is about 3 KB. */
const PACK_BYTES = 60_000

/** SQL of the time at which a statement runs, in milliseconds. */
const nowMs = 'unixepoch() * 1000'

/**
 * SQL statements, each below 90 KB, that bring the tables to what data/poses and data/avatars say: parents before children,
 * usage and favourite counts kept, what an admin edited left as it is, poses and presets that left the data hidden, and
 * last the rows of `library_versions`. Tags, categories, counts and the search index follow by the triggers of the
 * database. `limit` asks for a spread subset of about so many poses (see subset.mjs).
 */
export function libraryStatements({ limit } = {}) {
  if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) throw new Error(`Not a number of poses: ${limit}`)
  const all = readPoses()
  const poses = limit === undefined || limit >= all.length ? all : spreadSubset(all, limit)
  const version = poses.length === all.length ? libraryVersion() : `${libraryVersion()}:${poses.length}`

  const statements = [
    ...upserts('pose_categories', 'slug', readCategories(), { unless: 'pose_categories.edited_at is not null' }),
    ...upserts(
      'poses',
      'id',
      poses.map((pose) => pose.row),
      { whenNew: { added_at: nowMs }, unless: 'poses.edited_at is not null' },
    ),
    ...upserts(
      'pose_geometry',
      'pose_id',
      poses.map((pose) => pose.geometry),
      { unless: 'exists (select 1 from poses where id = excluded.pose_id and edited_at is not null)' },
    ),
    ...hideLeftOut(poses),
    followTheTree,
    ...shapeStatements(poses.flatMap((pose) => pose.shapes)),
    ...presetStatements(readPresets()),
    `insert into library_versions (name, version, applied_at) values
       ('poses', ${literal(version)}, ${nowMs}), ('presets', ${literal(presetsVersion())}, ${nowMs})
     on conflict (name) do update set version = excluded.version, applied_at = excluded.applied_at
       where version <> excluded.version`,
  ]
  for (const statement of statements) {
    const bytes = Buffer.byteLength(statement)
    if (bytes > MAX_STATEMENT_BYTES) throw new Error(`A statement of ${bytes} bytes: ${statement.slice(0, 80)}`)
  }
  return statements
}

/**
 * `insert … on conflict do update` for rows of one shape. A row that says so already is not written again:
 * triggers would derive everything anew from it. `whenNew`: SQL of columns that only an insert writes; `unless`: SQL of rows that
 * an update leaves alone.
 */
function upserts(table, key, rows, { whenNew = {}, unless } = {}) {
  const columns = Object.keys(rows[0])
  const head = `insert into ${table} (${[...columns, ...Object.keys(whenNew)].join(', ')}) values\n`
  const updated = columns.filter((column) => column !== key)
  const listed = (from) => updated.map((column) => `${from}.${column}`).join(', ')
  const tail = `\non conflict (${key}) do update set ${updated.map((column) => `${column} = excluded.${column}`).join(', ')}
    where (${listed(table)}) is not (${listed('excluded')})${unless ? ` and not (${unless})` : ''}`
  const tuples = rows.map((row) => {
    const values = [...columns.map((column) => literal(row[column])), ...Object.values(whenNew)]
    return `(${values.join(', ')})`
  })
  return pack(tuples).map((packed) => head + packed.join(',\n') + tail)
}

/** Presets that left the data are hidden: avatars made from them name them. Their usage counts stay. */
function presetStatements(presets) {
  const ids = JSON.stringify(presets.map((preset) => preset.id))
  return [
    ...upserts('avatar_presets', 'id', presets),
    `update avatar_presets set is_public = 0
     where is_public and id not in (select value from json_each(${literal(ids)}))`,
  ]
}

/** The index of nearest poses, anew for every pose that the seed wrote. */
function shapeStatements(rows) {
  const edited = 'select id from poses where edited_at is not null'
  const columns = Object.keys(rows[0])
  const tuples = rows.map((row) => `(${columns.map((column) => literal(row[column])).join(', ')})`)
  return [
    `delete from pose_shapes where owner_id = '' and pose_id not in (${edited})
       and pose_id in (select value from json_each(${literal(JSON.stringify([...new Set(rows.map((row) => row.pose_id))]))}))`,
    ...pack(tuples).map(
      (packed) => `insert into pose_shapes (${columns.join(', ')})
        select * from (values ${packed.join(',\n')}) where column3 not in (${edited})`,
    ),
  ]
}

function pack(tuples) {
  const packs = [[]]
  let size = 0
  for (const tuple of tuples) {
    const bytes = Buffer.byteLength(tuple)
    if (size > 0 && size + bytes > PACK_BYTES) {
      packs.push([])
      size = 0
    }
    packs.at(-1).push(tuple)
    size += bytes
  }
  return packs
}

/** Soft delete: generations that used such a pose keep it. Poses from other sources are not the seed's to hide. */
function hideLeftOut(poses) {
  const ids = JSON.stringify(poses.map((pose) => pose.row.id))
  const sources = JSON.stringify([...new Set(poses.map((pose) => pose.row.source))])
  return [
    `update poses set is_public = 0
     where is_public and edited_at is null and owner_id is null
       and source in (select value from json_each(${literal(sources)}))
       and id not in (select value from json_each(${literal(ids)}))`,
  ]
}

// An admin may have moved a category since: the path of its poses is the one of the tree as it is.
const followTheTree = `update poses set category_path = tree.path from (
    select leaf.slug, case when branch.slug is null then json_array(leaf.slug)
      when root.slug is null then json_array(branch.slug, leaf.slug)
      else json_array(root.slug, branch.slug, leaf.slug) end as path
    from pose_categories leaf
    left join pose_categories branch on branch.slug = leaf.parent_slug
    left join pose_categories root on root.slug = branch.parent_slug) as tree
  where tree.slug = poses.category_slug and poses.owner_id is null and poses.category_path <> tree.path`

/** A value as an SQLite literal (https://sqlite.org/lang_expr.html#literal_values_constants_). */
function literal(value) {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`
  if (typeof value !== 'string') throw new Error(`No SQL literal for ${typeof value}: ${value}`)
  if (value.includes('\0')) throw new Error('A text must not contain NUL: SQLite would cut it short')
  return `'${value.replaceAll("'", "''")}'`
}
