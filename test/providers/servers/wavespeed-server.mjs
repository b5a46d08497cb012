// A fake WaveSpeed (API v3) on loopback: submit, result, files. It shares no code with the product.
import { jsonOf, serve } from './http.mjs'
import { makeJobs } from './jobs.mjs'

const model = 'wavespeed-ai/flux-controlnet-union-pro-2.0'

/** Faults in WaveSpeed's own words. */
const ANSWERS = {
  400: refusal(400, 'property "size" is wrong'),
  '400-nsfw': refusal(400, 'Content flagged as potentially sensitive: NSFW'),
  401: refusal(401, 'Invalid API key'),
  402: refusal(402, 'Insufficient credits. Please top up.'),
  '402-in-400': refusal(400, 'Insufficient credits. Please top up.'),
  '404-in-200': { ...refusal(404, 'not found'), status: 200 },
  '429-in-200': { ...refusal(429, 'too many requests'), status: 200 },
  '500-in-200': { ...refusal(500, 'internal error'), status: 200 },
}

/** How a failed job says why. */
const FAILURES = {
  'moderated-in': 'Content flagged as potentially sensitive. Please try different prompts.',
  'moderated-out': 'Output blocked by the safety checker: NSFW content detected.',
  invalid: 'Invalid input: control_image could not be decoded',
  failed: 'Inference failed, please try again',
  runner: 'Internal worker error: CUDA out of memory',
}

/** Starts it; `key` is the one that it knows. */
export async function startWavespeed({ port = 0, key = 'wavespeed-test-key-0001' } = {}) {
  const jobs = makeJobs({ answers: ANSWERS })
  const server = await serve(async (request) => {
    const answer = (await jobs.plan.control(request)) ?? (await jobs.files(request))
    if (answer) return answer
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    if (request.method === 'POST' && request.path === `/api/v3/${model}`)
      return jobs.plan.meet('submit', request, (fault) => submit(jsonOf(request), fault))
    const id = /^\/api\/v3\/predictions\/([\w-]+)\/result$/.exec(request.path)?.[1]
    if (request.method === 'GET' && id) return jobs.plan.meet('poll', request, () => result(id))
    return refusal(404, 'no such path')
  }, port)

  function submit(ask, fault) {
    const wrong = whyWrong(ask)
    if (wrong) return refusal(400, `property "${wrong}" is wrong`)
    const [width, height] = ask.size.split('*').map(Number)
    const { prompt, seed } = ask
    const job = jobs.begin({ prompt, seed, width, height, control: pngOf(ask.control_image) }, fault)
    return ok(told(job, 'created'))
  }

  function result(id) {
    const job = jobs.find(id)
    if (!job) return refusal(404, 'task not found')
    job.polls += 1
    if (jobs.stateOf(job) === 'working') return ok(told(job, job.polls === 1 ? 'created' : 'processing'))
    const error = FAILURES[job.fault?.next]
    if (error) return ok({ ...told(job, 'failed'), error })
    const flagged = { has_nsfw_contents: [job.fault?.next === 'nsfw-flag'] }
    return ok({
      ...told(job, 'completed'),
      ...flagged,
      outputs: job.fault?.next === 'no-output' ? [] : [jobs.pictureUrl(job, server.url)],
    })
  }

  function told({ id, fault, begunAt }, status) {
    const base = fault?.next === 'foreign-urls' ? fault.url : server.url
    return {
      ...{ id, model, status, outputs: [], has_nsfw_contents: [], error: '' },
      ...{ urls: { get: `${base}/api/v3/predictions/${id}/result` }, timings: { inference: 0 } },
      created_at: new Date(begunAt).toISOString(),
    }
  }

  return { ...server, key }
}

const ok = (data) => ({ status: 200, json: { code: 200, message: 'success', data } })

function refusal(status, message) {
  return { status, json: { code: status, message } }
}

/** The property that WaveSpeed would refuse; null when all is well. */
function whyWrong(ask) {
  if (typeof ask?.prompt !== 'string' || ask.prompt === '') return 'prompt'
  if (!/^\d{3,4}\*\d{3,4}$/.test(ask.size ?? '')) return 'size'
  if (ask.size.split('*').some((side) => side < 256 || side > 1536)) return 'size'
  if (!Number.isInteger(ask.seed) || ask.seed < -1 || ask.seed >= 2 ** 32) return 'seed'
  if (!(ask.num_inference_steps >= 1 && ask.num_inference_steps <= 50)) return 'num_inference_steps'
  for (const part of ['controlnet_conditioning_scale', 'control_guidance_start', 'control_guidance_end'])
    if (!(ask[part] >= 0 && ask[part] <= 2)) return part
  return pngOf(ask.control_image) ? null : 'control_image'
}

/** The bytes of a PNG as a data URL; null for anything else. */
function pngOf(url) {
  const base64 = /^data:image\/png;base64,([A-Za-z0-9+/]+=*)$/.exec(url ?? '')?.[1]
  return base64 ? Buffer.from(base64, 'base64') : null
}
