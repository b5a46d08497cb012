// A fake Hugging Face router on loopback: fal's queue behind /fal-ai, Together behind /together. It shares no code with the product.
import { infrastructure, refusal } from './fal-words.mjs'
import { jsonOf, serve } from './http.mjs'
import { makeJobs } from './jobs.mjs'
import { answered, pictureBase64, pngOf } from './open-picture.mjs'

const edit = '/fal-ai/fal-ai/flux-2/klein/9b/edit'
const requests = /^\/fal-ai(\/fal-ai\/flux-2\/requests\/([\w-]+))(\/status|\/cancel)?$/
const together = '/together/v1/images/generations'

/** Faults in the router's own words, and in fal's that it hands on. */
const ANSWERS = {
  401: { status: 401, json: { error: 'Invalid username or password.' } },
  402: { status: 402, json: { error: 'You have exceeded your monthly included credits for Inference Providers.' } },
  422: refusal('missing', 'field required'),
  '422-policy': refusal('content_policy_violation', 'The content could not be processed because of a policy.'),
  '503-runner': infrastructure(503, 'runner_scheduling_failure', 'No runner is available'),
}

/** A job that failed is an error on its result. */
const FAILURES = {
  'moderated-in': refusal('content_policy_violation', 'The content could not be processed because of a policy.'),
  invalid: refusal('image_load_error', 'Failed to load the image'),
  failed: { status: 500, json: { detail: 'Internal Server Error' } },
  runner: infrastructure(500, 'runner_server_error', 'The runner failed'),
}

/** Starts it; `key` is the token that it knows. */
export async function startHuggingFace({ port = 0, key = 'hf_test_token_0001' } = {}) {
  const jobs = makeJobs({ answers: ANSWERS })
  const { plan } = jobs
  const server = await serve(async (request) => {
    const answer = (await plan.control(request)) ?? (await jobs.files(request))
    if (answer) return answer
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    if (request.method === 'POST' && request.path === together)
      return plan.meetOpen(request, (fault) => draw(jsonOf(request), fault))
    if (request.query.get('_subdomain') !== 'queue') return NO_PATH
    if (request.method === 'POST' && request.path === edit)
      return plan.meet('submit', request, (fault) => submit(jsonOf(request), fault, request.headers['x-hf-bill-to']))
    const [, path, id, verb] = requests.exec(request.path) ?? []
    if (request.method === 'GET' && verb === '/status') return plan.meet('poll', request, () => status(id, path))
    if (request.method === 'GET' && id && !verb) return plan.meet('result', request, () => result(id))
    if (request.method === 'PUT' && verb === '/cancel') return plan.meet('cancel', request, () => cancel(id))
    return NO_PATH
  }, port)

  function submit(ask, fault, billedTo) {
    const wrong = whyWrong(ask)
    if (wrong)
      return { status: 422, json: { detail: [{ loc: ['body', wrong], msg: 'value is wrong', type: 'value_error' }] } }
    const { prompt, seed, image_size, image_urls } = ask
    const [control, ...references] = image_urls.map(dataUrlPng)
    const job = jobs.begin({ prompt, seed, ...image_size, control, references }, fault)
    job.billedTo = billedTo ?? null
    return { status: 200, json: { status: 'IN_QUEUE', queue_position: 0, ...urlsOf(job) } }
  }

  /** fal's own addresses, as the router hands them on: nobody can ask there with a token of Hugging Face. */
  function urlsOf({ id, fault }) {
    const path = fault?.next === 'foreign-urls' ? '/../../v1/models?x=' : '/fal-ai/flux-2/requests/'
    const url = `https://queue.fal.run${path}${id}`
    return { request_id: id, response_url: url, status_url: `${url}/status`, cancel_url: `${url}/cancel` }
  }

  function status(id) {
    const job = jobs.find(id)
    if (!job) return NO_JOB
    job.polls += 1
    if (jobs.stateOf(job) !== 'working')
      return { status: 200, json: { status: 'COMPLETED', ...urlsOf(job), metrics: {} } }
    return { status: 202, json: { status: job.polls === 1 ? 'IN_QUEUE' : 'IN_PROGRESS', ...urlsOf(job), logs: null } }
  }

  function result(id) {
    const job = jobs.find(id)
    if (!job) return NO_JOB
    const state = jobs.stateOf(job)
    if (state === 'working') return { status: 400, json: { detail: 'Request is still in progress' } }
    if (state === 'cancelled') return infrastructure(499, 'client_cancelled', 'Request was cancelled')
    const failure = FAILURES[job.fault?.next]
    if (failure) return failure
    const { width, height, seed, prompt } = job.asked
    const image = { url: jobs.pictureUrl(job, server.url), width, height, content_type: 'image/png' }
    const has_nsfw_concepts = [job.fault?.next === 'nsfw-flag']
    return { status: 200, json: { images: [image], timings: { inference: 0.9 }, seed, has_nsfw_concepts, prompt } }
  }

  function cancel(id) {
    const job = jobs.find(id)
    if (!job) return { status: 404, json: { status: 'NOT_FOUND' } }
    if (!jobs.cancel(job)) return { status: 400, json: { status: 'ALREADY_COMPLETED' } }
    return { status: 202, json: { status: 'CANCELLATION_REQUESTED' } }
  }

  async function draw(ask, fault) {
    const { model, prompt, seed, width, height, steps, response_format } = ask ?? {}
    if (!/^black-forest-labs\/FLUX\.1-(schnell|dev)$/.test(model) || response_format !== 'base64' || !(steps > 0))
      return {
        status: 400,
        json: { id: 'n1', error: { message: 'Unable to access model', type: 'invalid_request_error' } },
      }
    const image = await pictureBase64({ prompt, seed, width, height }, fault)
    return answered(plan, fault, { id: 'together-0001', model, object: 'list', data: [{ index: 0, b64_json: image }] })
  }

  return { ...server, key }
}

const NO_PATH = { status: 404, json: { error: 'Not Found' } }
const NO_JOB = { status: 404, json: { detail: 'Request not found' } }

/** The field that fal would refuse; null when all is well. */
function whyWrong(ask) {
  if (typeof ask?.prompt !== 'string' || ask.prompt === '') return 'prompt'
  if (!Number.isInteger(ask.seed) || ask.seed < 0 || ask.seed >= 2 ** 32) return 'seed'
  const { width, height } = ask.image_size ?? {}
  if (![width, height].every((side) => Number.isInteger(side) && side >= 256 && side <= 2048)) return 'image_size'
  if (!(ask.num_inference_steps >= 1 && ask.num_inference_steps <= 50)) return 'num_inference_steps'
  if (!Array.isArray(ask.image_urls) || ask.image_urls.length === 0 || !ask.image_urls.every(dataUrlPng))
    return 'image_urls'
  return null
}

const dataUrlPng = (url) => pngOf(/^data:image\/png;base64,(.+)$/.exec(url ?? '')?.[1])
