// Whether the index of nearest poses finds what comparing with every pose finds.
import { nearestByScan } from './nearest-cases.mjs'

const TOP = 10
/** Comparing with 100,000 poses takes a second. */
const QUERIES = 20

/**
 * Of the truly nearest poses of each variant, the share that the product names: of the first, and of the first ten. Poses as near as
 * the tenth are as good as it.
 */
export async function recallOf(client, db, variants) {
  let [first, top] = [0, 0]
  const asked = variants.slice(0, QUERIES)
  for (const variant of asked) {
    const { answer } = await client.count(variant)
    const truth = nearestByScan(db, variant.body.people, TOP)
    const found = new Set(answer.items.map((item) => item.id))
    if (found.has(truth[0].id)) first++
    top += truth.filter(({ id }) => found.has(id)).length / truth.length
  }
  return { queries: asked.length, first: first / asked.length, top: top / asked.length }
}
