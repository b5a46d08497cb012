// A fake pose detector on loopback (docs/providers.md): a picture in, the keypoints of its people out.
import { makePlan } from './faults.mjs'
import { serve } from './http.mjs'

/** One person, 18 x [x, y, confidence] in pixels, every number another. */
export const SEEN = Array.from({ length: 18 }, (_, i) => [10 + i, 200 + i * 2, i === 17 ? 0 : 0.9])

const ANSWERS = {
  'coco-17': { status: 200, json: { people: [{ keypoints: SEEN.slice(0, 17) }] } },
  crowd: { status: 200, json: { people: Array.from({ length: 11 }, () => ({ keypoints: SEEN })) } },
  nobody: { status: 200, json: { people: [] } },
  'sure-of-more': { status: 200, json: { people: [{ keypoints: SEEN.map(([x, y]) => [x, y, 7]) }] } },
  flat: { status: 200, json: { people: [{ keypoints: SEEN.flat() }] } },
}

/** Starts it; `jobs` of its stats are the types and sizes of the pictures that it was sent. */
export async function startDetector({ port = 0, key = 'detector_test_0001' } = {}) {
  let sent = []
  const plan = makePlan({
    answers: ANSWERS,
    jobs: () => sent,
    forget: () => {
      sent = []
    },
  })
  const server = await serve(async (request) => {
    const answer = await plan.control(request)
    if (answer) return answer
    if (request.headers.authorization !== `Bearer ${key}`) return { status: 401, json: { error: 'no such token' } }
    if (request.method !== 'POST') return { status: 405, text: 'Method Not Allowed' }
    sent.push({ type: request.headers['content-type'], bytes: request.body.length })
    return plan.meetOpen(request, () => ({ status: 200, json: { people: [{ keypoints: SEEN }] } }))
  }, port)
  return { ...server, key }
}
