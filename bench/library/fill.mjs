// A local D1 with a library of any size, made from the one of data/poses; the triggers of the database do the rest.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { readCategories } from '../../scripts/seed/library-data.mjs'
import { hashFiles, migrateLocal } from '../../scripts/setup.mjs'

/** Finding the cell of a skeleton takes most of the time: a thread for each of two cores. */
const THREADS = 2
const D1_FOLDER = join('v3', 'd1', 'miniflare-D1DatabaseObject')

/**
 * Makes the database of `dir` hold exactly `count` poses, and answers the path of its file. A folder that this very code filled
 * with as many poses is left as it is.
 */
export async function fillLibrary(dir, count, onProgress = () => {}) {
  const stampPath = join(dir, 'bench-library.json')
  const stamp = `${count}-${sourcesHash()}`
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return databaseFile(dir)
  if (existsSync(join(dir, D1_FOLDER)))
    throw new Error(`${dir} holds another library. Delete it, or name an empty folder.`)
  await migrateLocal(dir)
  const file = databaseFile(dir)
  const db = new DatabaseSync(file)
  try {
    // The file is thrown away when this is cut short: nothing has to reach the disk before the end.
    db.exec('pragma synchronous = off; pragma cache_size = -400000; pragma temp_store = memory; begin')
    await write(db, count, onProgress)
    db.exec('commit; pragma wal_checkpoint(truncate)')
  } finally {
    db.close()
  }
  writeFileSync(stampPath, stamp)
  return file
}

const sourcesHash = () => {
  const own = ['random', 'skeletons', 'words', 'poses', 'pose-thread', 'fill'].map(
    (name) => `bench/library/${name}.mjs`,
  )
  const hash = hashFiles([...own, 'migrations', 'data/poses', 'src/poses/shape'])
  return createHash('sha256').update(hash).digest('hex')
}

/** The file of the one D1 database below a folder of `wrangler --persist-to`. */
export function databaseFile(dir) {
  const folder = join(dir, D1_FOLDER)
  const name = readdirSync(folder).find((each) => /^[0-9a-f]{64}\.sqlite$/.test(each))
  if (!name) throw new Error(`No database in ${folder}`)
  return join(folder, name)
}

async function write(db, count, onProgress) {
  const insert = inserter(db)
  for (const category of readCategories()) insert('pose_categories', category)
  const threads = Array.from(
    { length: THREADS },
    (_, first) =>
      new Worker(new URL('pose-thread.mjs', import.meta.url), { workerData: { count, first, step: THREADS } }),
  )
  try {
    for (let written = 0; written < count; ) {
      const packs = await Promise.all(threads.map(nextPack))
      // In the order of the library, whichever thread was first: their poses take turns.
      for (let i = 0; i < packs[0].length; i++)
        for (const pack of packs) {
          if (!pack[i]) continue
          writePose(insert, pack[i])
          written++
        }
      onProgress(written)
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}

async function nextPack(thread) {
  thread.postMessage('next')
  const [pack] = await once(thread, 'message')
  return pack
}

function writePose(insert, { row, geometry, shapes }) {
  insert('poses', row)
  insert('pose_geometry', { pose_id: row.id, geometry })
  for (const { ownerId, cell, poseId, person, descriptor } of shapes)
    insert('pose_shapes', { owner_id: ownerId, cell, pose_id: poseId, person, descriptor })
}

/** `insert(table, row)` with a statement prepared once for each table. */
function inserter(db) {
  const statements = new Map()
  return (table, row) => {
    if (!statements.has(table)) {
      const columns = Object.keys(row)
      statements.set(
        table,
        db.prepare(`insert into ${table} (${columns}) values (${columns.map((each) => `:${each}`)})`),
      )
    }
    statements.get(table).run(row)
  }
}
