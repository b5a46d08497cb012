import { MAX_SIMILAR } from './limits'
import { hashDistance, MAX_SIMILAR_DISTANCE, type PerceptualHash } from './perceptual-hash'

/** An earlier upload, and how far (in bits of 64) its hash is from the new one's, as it is or mirrored. */
export type Similar = { id: string; distance: number; isMirrored: boolean }

/** The uploads that look like the picture, nearest first, of equally near ones the newest. */
export function findSimilar(
  earlier: { id: string; phash: string | null }[],
  picture: PerceptualHash | null,
): Similar[] {
  if (!picture) return []
  const near = earlier.flatMap(({ id, phash }) => {
    if (phash === null) return []
    const [straight, mirrored] = [hashDistance(phash, picture.hash), hashDistance(phash, picture.mirrored)]
    const distance = Math.min(straight, mirrored)
    return distance <= MAX_SIMILAR_DISTANCE ? [{ id, distance, isMirrored: mirrored < straight }] : []
  })
  return near.sort((a, b) => a.distance - b.distance || (a.id < b.id ? 1 : -1)).slice(0, MAX_SIMILAR)
}
