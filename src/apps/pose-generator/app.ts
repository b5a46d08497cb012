import { priceOf } from '../../credits/prices'
import type { AppDefinition } from '../contract'
import { GenerateBody } from './params'
import { type PlannedPose, paramsOf, planTasks } from './plan'

/** Pictures of an avatar in poses of the library, or in poses that words describe. */
export const poseGenerator: AppDefinition<GenerateBody, PlannedPose[]> = {
  id: 'pose-generator',
  body: GenerateBody,
  params: paramsOf,
  price: ({ background }, prices) => ({
    poseCredits: priceOf(prices, 'pose'),
    backgroundCredits: background ? priceOf(prices, 'background') : 0,
  }),
  plan: planTasks,
}
