import { z } from '@hono/zod-openapi'

export const Health = z.enum(['ok', 'degraded', 'down'])

export const PartsHealth = z.object({
  ...{ database: Health, storage: Health, jobs: Health, accounts: Health, pictures: Health, previews: Health },
})
