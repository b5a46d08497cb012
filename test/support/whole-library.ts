import { readdirSync, readFileSync } from 'node:fs'
import { getPlatformProxy } from 'wrangler'
import { libraryStatements } from '../../scripts/seed/statements.mjs'
import { type Database, openDatabase } from '../../src/db/client'

export type WholeLibrary = { db: Database; d1: D1Database; dispose: () => Promise<void> }

/** A D1 of its own with every pose of data/poses, for tests that ask what the whole library answers. Dispose of it. */
export async function openWholeLibrary(): Promise<WholeLibrary> {
  const platform = await getPlatformProxy<Pick<Env, 'DB'>>({ configPath: './wrangler.toml', persist: false })
  const d1 = platform.env.DB
  const migrations = readdirSync('migrations')
    .filter((name) => name.endsWith('.sql'))
    .sort()
  const schema = migrations.flatMap((name) =>
    readFileSync(`migrations/${name}`, 'utf8').split('--> statement-breakpoint'),
  )
  await d1.batch([...schema, ...libraryStatements()].map((statement) => d1.prepare(statement)))
  return { db: openDatabase(d1), d1, dispose: platform.dispose }
}
