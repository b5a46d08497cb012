/** Pictures are billed by tiles of this side, whole ones. */
const TILE_PX = 512

/**
 * US dollars per tile, of the picture and of each input, for all steps; as of 2026-11-21. klein 4b and dev: Cloudflare's
 * price list; dev is 25 steps of 0.00041 and 0.00021.
 */
const USD_PER_TILE = {
  '@cf/black-forest-labs/flux-2-klein-4b': { output: 0.000287, input: 0.000059 },
  '@cf/black-forest-labs/flux-2-dev': { output: 25 * 0.00041, input: 25 * 0.00021 },
} as const satisfies Record<string, { output: number; input: number }>

type Prices = Readonly<{ output: number; input: number }>

/** A model without a known price counts as the dearest, so that the day's cap holds. */
const DEAREST: Prices = USD_PER_TILE['@cf/black-forest-labs/flux-2-dev']

/** Micro-USD of one picture. `inputs`: pictures sent along, of one tile each. */
export function workersAiMicroUsd(model: string, picture: { width: number; height: number; inputs: number }): number {
  const prices: Prices = (USD_PER_TILE as Record<string, Prices>)[model] ?? DEAREST
  const tiles = Math.ceil(picture.width / TILE_PX) * Math.ceil(picture.height / TILE_PX)
  return Math.ceil(1e6 * (tiles * prices.output + picture.inputs * prices.input))
}
