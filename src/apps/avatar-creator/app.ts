import { priceOf } from '../../credits/prices'
import type { AvatarWay } from '../../generations/types'
import type { AppDefinition } from '../contract'
import { AvatarWish } from './params'
import { type AvatarGiven, paramsOf, planTasks } from './plan'

/** What a way is called in the price list. */
export const AVATAR_ACTIONS: Record<AvatarWay, string> = {
  uploaded: 'upload',
  text_to_image: 'generate',
  from_preset: 'preset',
  from_reference: 'reference',
  variation: 'variation',
}

/** People whose pictures look alike: from a photo, from words, from a preset, or as a variation of one that is there. */
export const avatarCreator: AppDefinition<'avatar-creator', AvatarWish, AvatarGiven, AvatarGiven> = {
  id: 'avatar-creator',
  body: AvatarWish,
  params: paramsOf,
  price: ({ way }, prices) => ({ poseCredits: priceOf(prices, AVATAR_ACTIONS[way]), backgroundCredits: 0 }),
  plan: planTasks,
}
