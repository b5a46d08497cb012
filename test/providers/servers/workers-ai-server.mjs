// A fake Workers AI (REST, FLUX.2) on loopback: one multipart request, one picture in base64. It shares no code with the product.
import { readPng } from './fake-picture.mjs'
import { makePlan } from './faults.mjs'
import { serve } from './http.mjs'
import { answered, pictureBase64 } from './open-picture.mjs'

const models = ['flux-2-klein-4b', 'flux-2-klein-9b', 'flux-2-dev']
const maxInputSidePx = 512

/** Faults in Cloudflare's own words and numbers. 429 is two things. */
const ANSWERS = {
  400: refusal(400, 5006, "AiError: Bad input: Error: oneOf at '/' not met"),
  401: refusal(401, 10000, 'Authentication error'),
  403: refusal(403, 5018, 'The account is not allowed to access this model'),
  404: refusal(404, 3042, 'The model name is invalid'),
  408: refusal(408, 3007, 'Request timeout'),
  413: refusal(413, 3006, 'Request is too large'),
  '400-nsfw': refusal(400, 3030, 'AiError: AiError: Input prompt contains NSFW content. (6f2d)'),
  '400-model': refusal(400, 5007, 'No such model @cf/black-forest-labs/flux-9 or task'),
  '403-agreement': refusal(403, 5016, 'User has not agreed to the model terms'),
  '403-blocked': refusal(403, 3023, 'Service unavailable for account'),
  '408-aborted': refusal(408, 3008, 'Request was aborted'),
  '429-capacity': refusal(429, 3040, 'Capacity temporarily exceeded, please try again.'),
  '429-neurons': refusal(429, 3036, 'You have used up your daily free allocation of 10,000 neurons.'),
  '200-refused': refusal(200, 3040, 'Capacity temporarily exceeded, please try again.'),
}

/** Starts it; `key` is the token and `accountId` the account that it knows. */
export async function startWorkersAi({ port = 0, key = 'cf-test-token-0001', accountId = 'account0001' } = {}) {
  const plan = makePlan({ answers: ANSWERS })
  const path = new RegExp(`^/client/v4/accounts/${accountId}/ai/run/@cf/black-forest-labs/([\\w.-]+)$`)
  const server = await serve(async (request) => {
    const answer = await plan.control(request)
    if (answer) return answer
    const model = path.exec(request.path)?.[1]
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    if (request.method !== 'POST' || !model) return refusal(404, 7003, 'Could not route to the path')
    return plan.meetOpen(request, async (fault) =>
      models.includes(model) ? run(request, fault) : ANSWERS['400-model'],
    )
  }, port)

  async function run(request, fault) {
    const type = request.headers['content-type'] ?? ''
    if (!type.startsWith('multipart/form-data; boundary='))
      return refusal(400, 5006, "AiError: Bad input: Error: required properties at '/' are 'multipart'")
    const asked = await readForm(new Response(request.body, { headers: { 'content-type': type } }))
    if (typeof asked === 'string') return refusal(400, 5006, `AiError: Bad input: Error: ${asked}`)
    const image = await pictureBase64(asked, fault, { isJpeg: true })
    return answered(plan, fault, { result: { image }, success: true, errors: [], messages: [] })
  }

  return { ...server, key, accountId }
}

/** What drawFake takes, or why not. */
async function readForm(response) {
  const form = await response.formData()
  const [prompt, seed, width, height] = ['prompt', 'seed', 'width', 'height'].map((name) => form.get(name))
  if (typeof prompt !== 'string' || prompt === '' || prompt.length > 2_048) return 'prompt is 1 to 2048 characters'
  if (![width, height].every((side) => /^\d+$/.test(side) && side >= 256 && side <= 1920))
    return 'sides are 256 to 1920'
  if (!/^\d+$/.test(seed)) return 'seed is a whole number'
  const inputs = []
  for (let n = 0; form.has(`input_image_${n}`); n++) {
    const png = new Uint8Array(await form.get(`input_image_${n}`).arrayBuffer())
    const picture = readPng(png)
    if (Math.max(picture.width, picture.height) > maxInputSidePx) return `input_image_${n} is larger than 512x512`
    inputs.push(png)
  }
  const [control = null, ...references] = inputs
  return { prompt, seed: Number(seed), width: Number(width), height: Number(height), control, references }
}

function refusal(status, code, message) {
  return { status, json: { result: null, success: false, errors: [{ code, message }], messages: [] } }
}
