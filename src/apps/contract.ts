import type { z } from '@hono/zod-openapi'
import type { PriceList, TaskPrice } from '../credits/prices'
import type { JobParams, TaskPlan } from '../generations/types'

/**
 * An app is data and pure functions: it cannot reach the database, the network or the clock. The host validates,
 * fetches what a plan needs, takes the money, runs the tasks and tells of them, the same for every app.
 */
export type AppDefinition<Body, Resources> = {
  id: string
  /** Validates the body of a start and documents it. */
  body: z.ZodType<Body>
  /** What all pictures of a start share; kept with the job. */
  params(body: Body, avatarUploadId: string | null): JobParams
  /** What one picture of such a job costs at most, by the prices in force. */
  price(params: JobParams, prices: PriceList): TaskPrice
  /** The pictures, in the order in which they are made. `seed` is a uint32. */
  plan(body: Body, resources: Resources, seed: number): TaskPlan[]
}
