import type { z } from '@hono/zod-openapi'
import type { PriceList, TaskPrice } from '../credits/prices'
import type { AppId, AvatarRef, JobWork, TaskPlan } from '../generations/types'

/** Params of the jobs of an app. */
export type ParamsOf<Id extends AppId> = Extract<JobWork, { app: Id }>['params']

/**
 * An app is data and pure functions: it cannot reach the database, the network or the clock. The host validates,
 * fetches what a plan needs, takes the money, runs the tasks and tells of them, the same for every app. `Given` is what the
 * host found for the params, `Resources` what it found for the tasks.
 */
export type AppDefinition<Id extends AppId, Body, Given, Resources> = {
  id: Id
  /** Validates the body of a start and documents it. */
  body: z.ZodType<Body>
  /** What all pictures of a start share; kept with the job. */
  params(body: Body, given: Given): ParamsOf<Id>
  /** What one picture of such a job costs at most, by the prices in force. */
  price(params: ParamsOf<Id>, prices: PriceList): TaskPrice
  /** The pictures, in the order in which they are made. `seed` is a uint32. */
  plan(body: Body, resources: Resources, seed: number): TaskPlan[]
}

/** Who is in the pictures: an avatar, or whoever an upload shows, or nobody in particular. */
export type Who = { avatarUploadId: string | null; avatar: AvatarRef | null }
