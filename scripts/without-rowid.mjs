#!/usr/bin/env node
// Reads the newest migration that drizzle-kit wrote and gives every new table WITHOUT ROWID: our keys are texts, and a
// rowid table costs one more written row for each insert. drizzle-kit cannot say it. Tables of big rows stay as they are,
// and those that SQLite numbers.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const BIG_ROWS = ['pose_geometry']

const newest = readdirSync('migrations')
  .filter((name) => name.endsWith('.sql'))
  .sort()
  .at(-1)
const path = `migrations/${newest}`
const sql = readFileSync(path, 'utf8')
const changed = sql.replace(/(CREATE TABLE `(\w+)` \([\s\S]*?\n\));/g, (whole, body, table) =>
  BIG_ROWS.includes(table) || body.includes('AUTOINCREMENT') ? whole : `${body} WITHOUT ROWID;`,
)
writeFileSync(path, changed)
console.log(
  `${path}: ${(changed.match(/WITHOUT ROWID/g) ?? []).length} tables without rowid. Now read it as a reviewer.`,
)
