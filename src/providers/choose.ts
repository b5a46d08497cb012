import type { Degradation, ImageProvider } from './contract'

/** What a picture needs of its provider. `looseControl`: the seller said that the pose may be in words alone. */
export type Needs = {
  hasReference: boolean
  looseControl: boolean
  widthPx: number
  heightPx: number
  /** A place without people: only providers that make one from words. */
  plate?: boolean
}

export type Choice = { provider: ImageProvider; degraded: Degradation[] }

/**
 * The providers that may make a picture, in the order to be asked. A provider that cannot take the pose is never among
 * them unless the seller said so, and a drawing is no substitute for a model's picture: simulated ones serve only where
 * they stand first. One that takes no avatar serves only where none that does is set up, and says so.
 */
export function choices(providers: readonly ImageProvider[], needs: Needs): Choice[] {
  const simulated = providers[0]?.simulated ?? false
  const able = providers.filter(
    ({ capabilities: { control, plates, minSidePx, maxSidePx }, simulated: isSimulated }) =>
      isSimulated === simulated &&
      (needs.plate ? plates : control !== 'none' || needs.looseControl) &&
      Math.min(needs.widthPx, needs.heightPx) >= minSidePx &&
      Math.max(needs.widthPx, needs.heightPx) <= maxSidePx,
  )
  const knowing = able.filter(({ capabilities }) => !needs.hasReference || capabilities.maxReferences > 0)
  return (knowing.length > 0 ? knowing : able).map((provider) => ({
    provider,
    degraded: degradedBy(provider, needs),
  }))
}

function degradedBy({ capabilities }: ImageProvider, { hasReference, plate }: Needs): Degradation[] {
  if (plate) return []
  return [
    ...(capabilities.control === 'reference' ? (['control-as-reference'] as const) : []),
    ...(capabilities.control === 'none' ? (['no-control'] as const) : []),
    ...(hasReference && capabilities.maxReferences === 0 ? (['no-reference'] as const) : []),
  ]
}
