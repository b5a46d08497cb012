// A fake image classifier on loopback, as hf-inference serves one: raw bytes in, [{label, score}] out.
import { createHash } from 'node:crypto'
import { makePlan } from './faults.mjs'
import { jsonOf, serve } from './http.mjs'

const model = '/hf-inference/models/Falconsai/nsfw_image_detection'

const ANSWERS = {
  401: { status: 401, json: { error: 'Invalid username or password.' } },
  'no-label': { status: 200, json: [{ label: 'cat', score: 0.9 }] },
  'bad-score': { status: 200, json: [{ label: 'nsfw', score: 'high' }] },
  nothing: { status: 200, json: [] },
}

/** Starts it; `key` is the token that it knows. `POST /_control/score {score}` is what it says of every picture from then on. */
export async function startClassifier({ port = 0, key = 'hf_test_token_0001' } = {}) {
  let score = 0.01
  const looked = []
  const plan = makePlan({ answers: ANSWERS, jobs: () => looked, forget })
  function forget() {
    score = 0.01
    looked.length = 0
  }
  const server = await serve(async (request) => {
    if (request.path === '/_control/score') {
      score = jsonOf(request).score
      return { status: 200, json: {} }
    }
    const answer = await plan.control(request)
    if (answer) return answer
    if (request.method !== 'POST' || (request.path !== '/' && request.path !== model))
      return { status: 404, json: { error: 'Not Found' } }
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    return plan.meetOpen(request, () => look(request))
  }, port)

  function look({ path, headers, body }) {
    const isPicture = body.subarray(1, 4).toString('latin1') === 'PNG' || body.readUInt16BE(0) === 0xffd8
    if (!isPicture) return { status: 400, json: { error: 'cannot identify image file' } }
    looked.push({ path, type: headers['content-type'], sha256: createHash('sha256').update(body).digest('hex') })
    const labels = [
      { label: 'normal', score: 1 - score },
      { label: 'nsfw', score },
    ]
    return { status: 200, json: labels.sort((a, b) => b.score - a.score) }
  }

  return { ...server, key }
}
