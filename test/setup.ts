import { applyD1Migrations, type D1Migration } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, type MockInstance, vi } from 'vitest'
import { askOnceForWorker } from './support/worker-module'

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_MIGRATIONS: D1Migration[]
      TEST_LIBRARY: string[]
    }
  }
}

askOnceForWorker()

// One runtime serves every file (vitest.config.ts), so the schema and the library are written once.
await applyD1Migrations(env.DB, env.TEST_MIGRATIONS)
const seeded = await env.DB.prepare("select 1 from library_versions where name = 'poses'").first()
if (!seeded) await env.DB.batch(env.TEST_LIBRARY.map((statement) => env.DB.prepare(statement)))

// A test that logs an error without expecting it has found one. A test that expects one clears the spy:
// `vi.mocked(console.error).mockClear()` does not reach it in workerd, `expectErrors()` does.
let errors: MockInstance<typeof console.error>
beforeEach(() => {
  vi.spyOn(console, 'info').mockImplementation(() => {})
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  errors = vi.spyOn(console, 'error').mockImplementation(() => {})
})
afterEach(() => {
  const logged = errors.mock.calls
  vi.restoreAllMocks()
  expect(logged, 'console.error was called').toEqual([])
})

/** The errors logged so far in this test, which are then forgotten: they were expected. */
export function expectErrors(): unknown[][] {
  const logged = [...errors.mock.calls]
  errors.mockClear()
  return logged
}
