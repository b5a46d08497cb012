import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'lumiku-seed-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const node = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
const seed = (...args: string[]) => node(['scripts/seed.mjs', ...args])
const migrate = () => {
  const wrangler = ['node_modules/wrangler/bin/wrangler.js', 'd1', 'migrations', 'apply', 'DB', '--local']
  return node([...wrangler, '--persist-to', folder])
}
/** The local D1 as the file that it is. */
function openDatabase() {
  const name = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((path) =>
    /[0-9a-f]{64}\.sqlite$/.test(path),
  )
  return new DatabaseSync(join(folder, name ?? 'no database'))
}

test('says how to be called', async () => {
  expect((await seed('--help')).stdout).toContain('npm run seed')
  for (const args of [[], ['--local', '--remote'], ['--remote', '--persist-to', folder], ['--locall']]) {
    const { code, stdout, stderr } = await seed(...args)
    expect([args, code, stdout]).toEqual([args, 1, ''])
    expect(stderr.trim().split('\n')).toHaveLength(1)
  }
})

test('says what to do without tables, fills them, and then writes nothing more', { timeout: 120_000 }, async () => {
  const tooEarly = await seed('--local', '--persist-to', folder)
  expect(tooEarly.code).toBe(1)
  expect(tooEarly.stderr).toContain('wrangler d1 migrations apply DB --local')

  expect((await migrate()).code).toBe(0)
  const first = await seed('--local', '--persist-to', folder)
  expect(first).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^library written: 811 poses, 74 categories, .* s\n$/),
  })

  const db = openDatabase()
  db.exec("update library_versions set applied_at = 1; update poses set name_en = 'Mine' where id = 'yoga-tree'")
  db.close()
  const second = await seed('--local', '--persist-to', folder)
  expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining('library is up to date') })
  const after = openDatabase()
  expect(after.prepare('select applied_at from library_versions').get()).toEqual({ applied_at: 1 })
  expect(after.prepare("select name_en from poses where id = 'yoga-tree'").get()).toEqual({ name_en: 'Mine' })
  after.close()
})
