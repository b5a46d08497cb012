import { PRICES } from '../../credits/prices'
import type { AppDefinition } from '../contract'
import { GenerateBody } from './params'
import { type PlannedPose, paramsOf, planTasks } from './plan'

/** Pictures of an avatar in poses of the library, or in poses that words describe. */
export const poseGenerator: AppDefinition<GenerateBody, PlannedPose[]> = {
  id: 'pose-generator',
  body: GenerateBody,
  params: paramsOf,
  price: ({ background }) => ({
    poseCredits: PRICES.poseCredits,
    backgroundCredits: background ? PRICES.backgroundCredits : 0,
  }),
  plan: planTasks,
}
