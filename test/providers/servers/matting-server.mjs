// A fake matting service on loopback (docs/providers.md): a picture in, the mask of its people out.
import { maskOf, maskPng } from './fake-mask.mjs'
import { makePlan } from './faults.mjs'
import { serve } from './http.mjs'

const file = (bytes) => ({ status: 200, bytes })

/** Of pictures of 256 x 256. */
const ANSWERS = {
  small: file(maskPng(128, 128)),
  'cut-out': file(maskPng(256, 256, { isCutOut: true })),
  nobody: file(maskPng(256, 256, { isPerson: () => false })),
  everything: file(maskPng(256, 256, { isPerson: () => true })),
  bomb: file(bombOf(maskPng(16, 16))),
}

/** Starts it; `jobs` of its stats are the types and sizes of the pictures that it was sent. */
export async function startMatting({ port = 0, key = 'matting_test_0001' } = {}) {
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
    return plan.meetOpen(request, (fault) => file(maskOf(request.body, fault)))
  }, port)
  return { ...server, key }
}

/** The file with an IHDR that claims 30,000 x 30,000 pixels. */
function bombOf(png) {
  const bomb = Buffer.from(png)
  bomb.writeUInt32BE(30_000, 16)
  bomb.writeUInt32BE(30_000, 20)
  return bomb
}
