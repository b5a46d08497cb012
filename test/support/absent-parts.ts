/** What is left without a part: the two apps, and what six sample routes answer. */
export type Left = {
  apps: 'available' | 'unavailable'
  health: number
  list: number
  library: number
  login: number
  upload: number
  generate: number
}
const whole: Left = {
  ...{ apps: 'available', health: 200, list: 200, library: 200, login: 200, upload: 201, generate: 202 },
}
const without = (less: Partial<Left>): Left => ({ ...whole, ...less })

/** A line for every binding and required secret of wrangler.toml. */
export const WITHOUT: Record<string, Left> = {
  DB: without({ apps: 'unavailable', library: 503, login: 503, upload: 503, generate: 503 }),
  MEDIA: without({ apps: 'unavailable', upload: 503, generate: 503 }),
  GENERATION_QUEUE: without({ apps: 'unavailable', generate: 503 }),
  // Previews only.
  ASSETS: whole,
  USER: without({ apps: 'unavailable', login: 503, generate: 503 }),
  // Nobody may guess at passwords unseen.
  ATTEMPTS: without({ apps: 'unavailable', login: 503, generate: 503 }),
  // The drawing costs nothing: nobody guards it.
  PROVIDER: whole,
  JWT_SECRET: without({ apps: 'unavailable', login: 503, upload: 503, generate: 503 }),
  // The library's cursors are signed.
  MEDIA_SIGNING_SECRET: without({ apps: 'unavailable', library: 503, upload: 503, generate: 503 }),
}
