// A fake fal on loopback: the queue (submit, status, result, cancel, files), and cut-outs that are answered at once. It shares no code with the product.
import { maskOf } from './fake-mask.mjs'
import { infrastructure, refusal } from './fal-words.mjs'
import { jsonOf, serve } from './http.mjs'
import { makeJobs } from './jobs.mjs'

const app = '/fal-ai/flux-general'
/** By words alone; its jobs are found under the app's first two names. */
const wordsApp = '/fal-ai/flux/dev'
const mattingApp = '/fal-ai/birefnet/v2'
const controlNet = 'Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0'

/** Faults in fal's own words. */
const ANSWERS = {
  401: { status: 401, json: { detail: 'Authentication is required to access this application' } },
  '403-locked': {
    status: 403,
    json: { detail: 'User is locked. Reason: Exhausted balance. Top up at fal.ai/dashboard.' },
  },
  422: { status: 422, json: { detail: [{ loc: ['body', 'prompt'], msg: 'field required', type: 'missing' }] } },
  '422-policy': refusal('content_policy_violation', 'The content could not be processed because of a policy.'),
  // Refused fields come back with all that was sent, whose names say "safety".
  '422-echo': {
    status: 422,
    json: {
      detail: [
        {
          loc: ['body'],
          msg: 'wrong',
          type: 'value_error',
          input: { enable_safety_checker: true, prompt: 'A seller carries' },
        },
      ],
    },
  },
  '503-runner': infrastructure(503, 'runner_scheduling_failure', 'No runner is available'),
}

/** Starts it; `key` is the one that it knows. */
export async function startFal({ port = 0, key = 'fal-test-key:0001' } = {}) {
  const jobs = makeJobs({ answers: ANSWERS })
  const server = await serve(async (request) => {
    const answer = (await jobs.plan.control(request)) ?? (await jobs.files(request))
    if (answer) return answer
    if (request.headers.authorization !== `Key ${key}`) return ANSWERS[401]
    if (request.method === 'POST' && (request.path === app || request.path === wordsApp))
      return jobs.plan.meet('submit', request, (fault) => submit(jsonOf(request), fault, request.path === wordsApp))
    if (request.method === 'POST' && request.path === mattingApp)
      return jobs.plan.meetOpen(request, (fault) => cutOut(jsonOf(request), fault))
    const [, id, verb] =
      /^\/fal-ai\/(?:flux-general|flux)\/requests\/([\w-]+)(\/status|\/cancel)?$/.exec(request.path) ?? []
    if (request.method === 'GET' && verb === '/status') return jobs.plan.meet('poll', request, () => status(id))
    if (request.method === 'GET' && id && !verb) return jobs.plan.meet('result', request, () => result(id))
    if (request.method === 'PUT' && verb === '/cancel') return jobs.plan.meet('cancel', request, () => cancel(id))
    return { status: 404, json: { detail: 'Path not found' } }
  }, port)

  function submit(ask, fault, isWords) {
    const wrong = whyWrong(ask) ?? (isWords && ask.controlnets ? 'controlnets' : null)
    if (wrong)
      return { status: 422, json: { detail: [{ loc: ['body', wrong], msg: 'value is wrong', type: 'value_error' }] } }
    const { prompt, seed, image_size, controlnets, reference_image_url } = ask
    const references = reference_image_url === undefined ? [] : [pngOf(reference_image_url)]
    const control = controlnets ? pngOf(controlnets[0].control_image_url) : null
    const job = jobs.begin({ prompt, seed, ...image_size, control, references }, fault)
    job.sent = ask
    job.app = isWords ? '/fal-ai/flux' : app
    return { status: 200, json: { status: 'IN_QUEUE', queue_position: 0, ...urlsOf(job) } }
  }

  /** The mask as a data URL, as `sync_mode` has it. */
  function cutOut(ask, fault) {
    const png = pngOf(ask?.image_url)
    if (!png || ask.mask_only !== true || ask.sync_mode !== true) return refusal('value_error', 'image_url is wrong')
    if (fault?.next === 'foreign') return { status: 200, json: { image: { url: fault.url } } }
    const url = `data:image/png;base64,${Buffer.from(maskOf(png, fault)).toString('base64')}`
    return { status: 200, json: { image: { url, content_type: 'image/png' } } }
  }

  function urlsOf({ id, fault, app }) {
    const base = fault?.next === 'foreign-urls' ? fault.url : server.url
    const url = `${base}${app}/requests/${id}`
    // As long as an address may be, of signs that grow when they are written down.
    const tail = fault?.next === 'long-urls' ? `?${'\u0001'.repeat(800)}x` : ''
    return {
      request_id: id,
      response_url: `${url}${tail}`,
      status_url: `${url}/status${tail}`,
      cancel_url: `${url}/cancel${tail}`,
    }
  }

  function status(id) {
    const job = jobs.find(id)
    if (!job) return NOT_FOUND
    job.polls += 1
    if (jobs.stateOf(job) !== 'working')
      return { status: 200, json: { status: 'COMPLETED', ...urlsOf(job), metrics: {} } }
    const isFirst = job.polls === 1
    return { status: 202, json: { status: isFirst ? 'IN_QUEUE' : 'IN_PROGRESS', ...urlsOf(job), logs: null } }
  }

  function result(id) {
    const job = jobs.find(id)
    if (!job) return NOT_FOUND
    const state = jobs.stateOf(job)
    if (state === 'working') return { status: 400, json: { detail: 'Request is still in progress' } }
    if (state === 'cancelled') return infrastructure(499, 'client_cancelled', 'Request was cancelled')
    const failure = FAILURES[job.fault?.next]
    if (failure) return failure
    const { width, height, seed, prompt } = job.asked
    const isFlagged = job.fault?.next === 'nsfw-flag'
    const image = { url: jobs.pictureUrl(job, server.url), width, height, content_type: 'image/png' }
    return {
      status: 200,
      json: { images: [image], timings: { inference: 1.5 }, seed, has_nsfw_concepts: [isFlagged], prompt },
    }
  }

  function cancel(id) {
    const job = jobs.find(id)
    if (!job) return { status: 404, json: { status: 'NOT_FOUND' } }
    if (!jobs.cancel(job)) return { status: 400, json: { status: 'ALREADY_COMPLETED' } }
    return { status: 202, json: { status: 'CANCELLATION_REQUESTED' } }
  }

  return { ...server, key }
}

const NOT_FOUND = { status: 404, json: { detail: 'Request not found' } }

/** A job that failed is an error on its result. */
const FAILURES = {
  'moderated-in': refusal('content_policy_violation', 'The content could not be processed because of a policy.'),
  'moderated-out': refusal('content_policy_violation', 'The picture was held back.'),
  invalid: refusal('value_error', 'the control image cannot be read'),
  failed: infrastructure(500, 'internal_error', 'Internal server error'),
  runner: infrastructure(500, 'runner_server_error', 'The runner failed'),
}

/** The field that fal would refuse; null when all is well. */
function whyWrong(ask) {
  if (typeof ask?.prompt !== 'string' || ask.prompt === '') return 'prompt'
  if (!Number.isInteger(ask.seed) || ask.seed < 0 || ask.seed >= 2 ** 32) return 'seed'
  const { width, height } = ask.image_size ?? {}
  if (![width, height].every((side) => Number.isInteger(side) && side >= 256 && side <= 2048)) return 'image_size'
  if (!(ask.num_inference_steps >= 1 && ask.num_inference_steps <= 50)) return 'num_inference_steps'
  if (!(ask.guidance_scale >= 0 && ask.guidance_scale <= 20)) return 'guidance_scale'
  if (!['png', 'jpeg'].includes(ask.output_format ?? 'jpeg')) return 'output_format'
  if (ask.controlnets?.length > 1 || (ask.controlnets && !isControl(ask.controlnets[0]))) return 'controlnets'
  if (ask.reference_image_url !== undefined && !pngOf(ask.reference_image_url)) return 'reference_image_url'
  return null
}

const isControl = ({ path, control_image_url, conditioning_scale, start_percentage, end_percentage }) =>
  path === controlNet &&
  pngOf(control_image_url) !== null &&
  [conditioning_scale, start_percentage, end_percentage].every((part) => part >= 0 && part <= 2)

/** The bytes of a PNG as a data URL; null for anything else. */
function pngOf(url) {
  const base64 = /^data:image\/png;base64,([A-Za-z0-9+/]+=*)$/.exec(url ?? '')?.[1]
  return base64 ? Buffer.from(base64, 'base64') : null
}
