// Fills or updates the pose library and the presets of avatars of a D1 database from data/poses and data/avatars. Runs
// under the Node of node_modules/.bin.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { lastLines, mustRun, run, seconds } from './child-process.mjs'
import { libraryStatements, libraryVersion, presetsVersion } from './seed/statements.mjs'

const help = `npm run seed -- --local | --remote

Writes the pose library of data/poses and the presets of data/avatars into the database DB of wrangler.toml. What is
there already is updated and keeps its usage and favourites. A database that has these very data is left alone, and a
run that was cut short is completed by the next one.

  --local             the database on this machine
  --persist-to DIR    its folder, as for wrangler dev (with --local)
  --remote            the database of the account that wrangler is signed in to
  --help              this text`

const options = {
  local: { type: 'boolean' },
  remote: { type: 'boolean' },
  'persist-to': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
}

async function main(argv) {
  const { values } = parseArgs({ args: argv, options })
  if (values.help) return console.log(help)
  if (Boolean(values.local) === Boolean(values.remote)) throw new Error('Say either --local or --remote (see --help).')
  if (values.remote && values['persist-to']) throw new Error('--persist-to belongs to --local.')

  const startedMs = Date.now()
  const target = values.remote
    ? ['--remote']
    : ['--local', ...(values['persist-to'] ? ['--persist-to', values['persist-to']] : [])]
  if (await isUpToDate(target)) {
    return console.log(`library is up to date (checked in ${seconds(Date.now() - startedMs)})`)
  }
  await write(target, libraryStatements())
  const [counts] = await query(
    target,
    `select (select count(*) from poses where is_public = 1) as poses, (select count(*) from pose_categories) as categories,
       (select count(distinct tag) from pose_tags) as tags,
       (select count(*) from avatar_presets where is_public = 1) as presets`,
  )
  const { poses, categories, tags, presets } = counts
  console.log(
    `library written: ${poses} poses, ${categories} categories, ${tags} tags, ${presets} presets of avatars in ${seconds(Date.now() - startedMs)}`,
  )
}

async function isUpToDate(target) {
  const rows = await query(target, 'select name, version from library_versions')
  const applied = Object.fromEntries(rows.map(({ name, version }) => [name, version]))
  return applied.poses === libraryVersion() && applied.presets === presetsVersion()
}

/** Rows of one query. Throws with what to do when the tables are missing. */
async function query(target, sql) {
  const { code, output } = await run('wrangler', ['d1', 'execute', 'DB', ...target, '--json', '--command', sql])
  if (output.includes('no such table')) {
    throw new Error(`The database has no tables yet: npx wrangler d1 migrations apply DB ${target.join(' ')}`)
  }
  // wrangler may say something before its JSON, an old version or a missing secret for example.
  const found = /^\[\s*\{[\s\S]*^\]/m.exec(output)
  if (code !== 0 || !found) throw new Error(`Reading the database failed (exit ${code})\n${lastLines(output)}`)
  return JSON.parse(found[0])[0].results
}

async function write(target, statements) {
  const folder = mkdtempSync(join(tmpdir(), 'lumiku-library-'))
  try {
    const path = join(folder, 'library.sql')
    const sql = statements.map((statement) => `${statement};\n`).join('')
    writeFileSync(path, sql)
    console.error(`Writing the pose library (${statements.length} statements, ${(sql.length / 1e6).toFixed(1)} MB)`)
    await mustRun('Writing the library', 'wrangler', ['d1', 'execute', 'DB', ...target, '--yes', '--file', path], {
      onTick: (elapsedMs) => console.error(`  … ${seconds(elapsedMs)}`),
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
