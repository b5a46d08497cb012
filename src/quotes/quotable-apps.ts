import { z } from '@hono/zod-openapi'
import { poseGenerator } from '../apps/pose-generator/app'
import { ShootParams } from '../apps/pose-generator/params'
import { planGeneration } from '../generations/plan-generation'

/** Body of `POST /quotes`: an app and what would be sent to start it. Another app is another shape, told apart by `app`. */
export const QuoteBody = z
  .strictObject({ app: z.enum(['pose-generator']), params: ShootParams })
  .openapi('QuoteRequest')

/** Apps that give quotes: the price list and the plan that their own start uses. */
export const QUOTABLE = {
  'pose-generator': { app: poseGenerator, plan: planGeneration },
} as const
