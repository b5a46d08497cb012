import { priceOf } from '../../credits/prices'
import type { AppDefinition, Who } from '../contract'
import { GenerateBody } from './params'
import { type Cast, paramsOf, planTasks } from './plan'

/** Pictures of an avatar in poses of the library, or in poses that words describe. */
export const poseGenerator: AppDefinition<'pose-generator', GenerateBody, Who, Cast> = {
  id: 'pose-generator',
  body: GenerateBody,
  params: paramsOf,
  price: ({ background }, prices) => ({
    poseCredits: priceOf(prices, 'pose'),
    backgroundCredits: background ? priceOf(prices, 'background') : 0,
  }),
  plan: planTasks,
}
