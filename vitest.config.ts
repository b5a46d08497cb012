import { availableParallelism } from 'node:os'
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { libraryStatements } from './scripts/seed/statements.mjs'

/** Enough poses for every test: the first of each category and everything that holds a box. */
const TEST_POSES = 60

/** Files that run at the same time: one on each core, as a runtime keeps one core busy and no more. */
const FILES_AT_ONCE = Math.min(4, availableParallelism())

/** Long enough for a machine that does other things too: a test that takes this long hangs. */
const LIMITS = { testTimeout: 20_000, hookTimeout: 60_000 }

/**
 * Tests in workerd: all files of these folders share FILES_AT_ONCE runtimes, because a runtime for each would cost
 * seconds a file. Each runtime has its own D1, R2, objects, queues and gateways. What one file left running goes on
 * beside the next; the objects' own tests look closely and have runtimes without the routes' shoots.
 */
const inWorkerd = async (name: string, folders: string[], { withGateways = false, withProviders = false } = {}) => {
  let runtimes = 0
  const ownOf = <T>(all: T[]): T | undefined => all[runtimes % all.length]
  return {
    plugins: [
      cloudflareTest(async ({ inject }) => {
        const outside = {
          ...(withGateways && ownOf(inject('gateways'))),
          ...(withProviders && ownOf(inject('providers'))),
        }
        runtimes++
        return {
          wrangler: { configPath: './wrangler.toml' },
          miniflare: {
            bindings: {
              ...outside,
              ENVIRONMENT: 'test',
              JWT_SECRET: 'test-secret-of-at-least-32-characters',
              MEDIA_SIGNING_SECRET: 'another-secret-of-32-characters-or-more',
              ALLOWED_ORIGINS: 'http://localhost:8787',
              LIMIT_GENERATES_PER_MINUTE: '1000',
              LIMIT_AVATARS_PER_DAY: '100000',
              LIMIT_POSES_PER_HOUR: '100000',
              TEST_MIGRATIONS: await readD1Migrations('./migrations'),
              TEST_LIBRARY: libraryStatements({ limit: TEST_POSES }),
            },
          },
        }
      }),
    ],
    test: {
      name,
      include: folders.map((folder) => `test/${folder}/**/*.test.ts`),
      setupFiles: ['./test/setup.ts'],
      globalSetup: [
        ...(withGateways ? ['./test/support/start-gateways.ts'] : []),
        ...(withProviders ? ['./test/support/start-providers.ts'] : []),
      ],
      isolate: false,
      ...LIMITS,
    },
  }
}

/**
 * A queue message or an alarm that arrives in the moment in which a file ends finds the runner's line closed, because
 * the plugin asks over it for the Worker's module at every call. The platform delivers both again, to the next file.
 */
const isLateDelivery = ({ name, message }: { name?: string; message?: string }): boolean =>
  name === 'EnvironmentTeardownError' && /Closing rpc while "resolve" was pending/.test(message ?? '')

export default defineConfig(async () => {
  return {
    test: {
      maxWorkers: FILES_AT_ONCE,
      onUnhandledError: (error) => (isLateDelivery(error) ? false : undefined),
      coverage: {
        provider: 'istanbul' as const,
        include: ['durable-objects/**', 'queues/**', 'src/**'],
        exclude: ['src/render/assembly/**'],
      },
      projects: [
        {
          test: {
            name: 'rules',
            environment: 'node',
            include: ['test/rules/**/*.test.ts'],
            ...LIMITS,
          },
        },
        await inWorkerd('worker', ['routes', 'journeys', 'payments'], { withGateways: true }),
        await inWorkerd('objects', ['objects', 'queues', 'races']),
        await inWorkerd('providers', ['providers'], { withProviders: true }),
      ],
    },
  }
})
