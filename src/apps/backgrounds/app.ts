import { type PriceList, priceOf, type TaskPrice } from '../../credits/prices'

/** Other backgrounds for pictures that are there. One is paid when it was made, by its maker alone. */
export const backgrounds = {
  id: 'backgrounds',
  price: (prices: PriceList): TaskPrice => ({ poseCredits: 0, backgroundCredits: priceOf(prices, 'background') }),
} as const
