import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { libraryStatements } from './scripts/seed/statements.mjs'

/** Enough poses for every test: the first of each category and everything that holds a box. */
const TEST_POSES = 60

export default defineConfig(async () => {
  const migrations = await readD1Migrations('./migrations')
  return {
    test: {
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
          },
        },
        {
          plugins: [
            cloudflareTest({
              wrangler: { configPath: './wrangler.toml' },
              miniflare: {
                bindings: {
                  ENVIRONMENT: 'test',
                  JWT_SECRET: 'test-secret-of-at-least-32-characters',
                  MEDIA_SIGNING_SECRET: 'another-secret-of-32-characters-or-more',
                  ALLOWED_ORIGINS: 'http://localhost:8787',
                  LIMIT_GENERATES_PER_MINUTE: '1000',
                  LIMIT_POSES_PER_HOUR: '100000',
                  TEST_MIGRATIONS: migrations,
                  TEST_LIBRARY: libraryStatements({ limit: TEST_POSES }),
                },
              },
            }),
          ],
          test: {
            name: 'worker',
            include: ['test/{routes,objects,queues,journeys,races}/**/*.test.ts'],
            setupFiles: ['./test/setup.ts'],
            isolate: false,
            maxWorkers: 1,
          },
        },
      ],
    },
  }
})
