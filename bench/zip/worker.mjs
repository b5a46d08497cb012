// The part of the Worker that sends a ZIP, alone in a workerd. Its objects come from a disk service: the local R2 lives in
// the Worker's own process, where nobody could tell the two apart.
import { planArchive } from '../../src/exports/zip/plan'
import { streamArchive } from '../../src/exports/zip/stream'

export default {
  async fetch(_request, { DISK }, execution) {
    const { createdAt, entries } = await (await DISK.fetch('http://disk/entries.json')).json()
    const sizes = new Map(entries.map(({ objectKey, sizeBytes }) => [objectKey, sizeBytes]))
    const MEDIA = {
      get: async (key) => {
        const { ok, body } = await DISK.fetch(`http://disk/${key}`)
        return ok ? { size: sizes.get(key), body } : null
      },
    }
    const ctx = { env: { MEDIA }, later: (work) => execution.waitUntil(work), log: () => {} }
    const plan = planArchive(entries, createdAt)
    return new Response(streamArchive(ctx, plan, entries, { from: 0, to: plan.totalBytes }, async () => {}))
  },
}
