// A fake dedicated endpoint on loopback, with the handler of docs/huggingface-endpoint. It shares no code with the product.
import { makePlan } from './faults.mjs'
import { jsonOf, serve } from './http.mjs'
import { jointsOf } from './joints.mjs'
import { answered, pictureBase64, pngOf } from './open-picture.mjs'

/** Faults of the proxy in front of the handler, and the handler's own: 400 for every exception. */
const ANSWERS = {
  401: { status: 401, json: { error: 'Invalid credentials in Authorization header' } },
  503: { status: 503, text: '503 Service Unavailable' },
  '503-later': { status: 503, text: '503 Service Unavailable', headers: { 'retry-after': '45' } },
  '400-oom': { status: 400, json: { error: 'OOM: CUDA out of memory. Tried to allocate 2.25 GiB' } },
  '400-nsfw': { status: 400, json: { error: 'NSFW: the prompt was refused' } },
  '400-validation': { status: 400, json: { error: 'VALIDATION: width must be a multiple of 16' } },
  '400-bare': { status: 400, json: { error: 'CUDA error: device-side assert triggered' } },
}

/**
 * Starts it; `key` is the token that it knows. At `/keypoints` it also finds the joints of one person, at `/astray` it finds
 * them where nobody asked for.
 */
export async function startEndpoint({ port = 0, key = 'hf_test_token_0001' } = {}) {
  const plan = makePlan({ answers: ANSWERS })
  const server = await serve(async (request) => {
    const answer = await plan.control(request)
    if (answer) return answer
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    if (request.method !== 'POST') return { status: 405, text: 'Method Not Allowed' }
    return plan.meetOpen(request, (fault) => predict(request, fault))
  }, port)

  async function predict(request, fault) {
    // The toolkit knows exact types only, and answers a bare string to who does not ask for JSON.
    if (request.headers['content-type'] !== 'application/json') return refused('Content type not supported')
    if (request.headers.accept !== 'application/json') return { status: 200, json: 'a bare string' }
    const { inputs: prompt, parameters: asked } = jsonOf(request) ?? {}
    const wrong = whyWrong(prompt, asked)
    if (wrong) return refused(`VALIDATION: ${wrong}`)
    const { width, height, seed } = asked
    const control = pngOf(asked.control_image)
    const references = asked.reference_image === undefined ? [] : [pngOf(asked.reference_image)]
    return answered(plan, fault, {
      image: await pictureBase64({ prompt, seed, width, height, control, references }, fault),
      ...{ mime: 'image/png', seed, width, height, nsfw: fault?.next === 'nsfw-flag', timings: { inference: 9.1 } },
      model: 'FLUX.1-dev-ControlNet-Union-Pro-2.0',
      ...(request.path === '/keypoints' && { keypoints: [jointsOf(control)] }),
      ...(request.path === '/astray' && {
        keypoints: [jointsOf(control).map(([x, y, sure]) => [width - x, y / 2, sure])],
      }),
    })
  }

  return { ...server, key }
}

/** The first thing that the handler would refuse; null when all is well. */
function whyWrong(prompt, asked) {
  if (typeof prompt !== 'string' || prompt === '') return 'inputs must be a prompt'
  for (const side of [asked?.width, asked?.height])
    if (!Number.isInteger(side) || side % 16 !== 0 || side < 256 || side > 2048) return 'sides are multiples of 16'
  if (!Number.isInteger(asked.seed)) return 'seed must be a whole number'
  if (!(asked.num_inference_steps >= 1 && asked.num_inference_steps <= 50)) return 'num_inference_steps is 1 to 50'
  if (asked.control_mode !== 'pose' || !pngOf(asked.control_image)) return 'control_image must be a PNG'
  if (asked.reference_image !== undefined && !pngOf(asked.reference_image)) return 'reference_image must be a PNG'
  return null
}

const refused = (error) => ({ status: 400, json: { error } })
