import { consume } from '../queues/consumer'
import { createApp } from './app'
import { scheduled } from './cron'

export { AttemptsObject } from '../durable-objects/attempts/attempts-object'
export { ProviderObject } from '../durable-objects/provider/provider-object'
export { UserObject } from '../durable-objects/user/user-object'

const app = createApp()

/** Composition root: what the platform calls, and who answers. */
export default {
  fetch: app.fetch,
  queue: consume,
  scheduled,
} satisfies ExportedHandler<Env>
