import { z } from 'zod'
import type { Config } from '../config'
import { type GenImage, type ProviderCall, ProviderError, type Settings, type Step } from './contract'
import { explainFal, explainFalResult } from './fal-errors'
import { readAnswer, readHandle, SettingsShape } from './handle'
import { askJson, downloadPicture, type Explain, mayDownload } from './http'
import { controlInput, dataUrl, type ModelInput, referenceInput } from './inputs'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'

const MODEL = 'fal-ai/flux-general'
/** By words alone, for places without people. */
const PLATE_MODEL = 'fal-ai/flux/dev'
const CONTROLNET = 'Shakker-Labs/FLUX.1-dev-ControlNet-Union-Pro-2.0'

/** As the ControlNet's authors say for poses: strong, and out of the way while details are drawn. */
const CONTROL = { scale: 0.9, start: 0, end: 0.65 }
const STEPS = 28
/** FLUX.1 dev is distilled for this guidance; it takes no negative prompt. */
const GUIDANCE = 3.5
const REFERENCE_STRENGTH = 0.65
const MAX_REFERENCE_SIDE_PX = 1_024

/**
 * US dollars x 10^6 for a megapixel, as listed by fal on 2026-11-21. Counted by the pixel from one megapixel
 * on: fal's page does not say how it rounds.
 */
const MICRO_USD_PER_MEGAPIXEL = 75_000
const PLATE_MICRO_USD_PER_MEGAPIXEL = 25_000
const PIXELS_PER_MEGAPIXEL = 1_000_000

const FIRST_POLL_MS = 1_000
const NEXT_POLL_MS = 2_000

const Submitted = z.object({
  request_id: z.string().min(1).max(200),
  status_url: z.url().max(1_000),
  response_url: z.url().max(1_000),
  cancel_url: z.url().max(1_000),
})
const Status = z.object({ status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']) })
const Result = z.object({
  images: z.array(z.object({ url: z.string() })).min(1),
  has_nsfw_concepts: z.array(z.boolean()).nullish(),
})
const Handle = z.object({
  ...Submitted.shape,
  settings: SettingsShape,
  costMicroUsd: z.number(),
  backgroundDone: z.boolean(),
  /** Left out: MODEL. */
  model: z.string().optional(),
})
type Handle = z.infer<typeof Handle>

/** FLUX.1 dev at fal with its own ControlNet for the pose and the avatar as reference: a queue that is polled. */
export const falProvider: MakeProvider = (config) => {
  const { FAL_KEY, FAL_QUEUE_URL } = config
  if (!FAL_KEY) return null
  const headers = { authorization: `Key ${FAL_KEY}` }
  return {
    id: 'fal',
    model: MODEL,
    simulated: false,
    capabilities: {
      control: 'controlnet',
      maxReferences: 1,
      backgrounds: true,
      plates: true,
      minSidePx: 256,
      maxSidePx: 1_536,
    },
    timeouts: { submitMs: 15_000, pollMs: 30_000, jobMs: 180_000 },
    limits: { slots: 2, perMinute: 60, dailyMicroUsd: 50_000_000 },
    estimateMicroUsd,
    async submit(spec, call) {
      const control = spec.control && (await controlInput(spec))
      const model = control ? MODEL : PLATE_MODEL
      const reference = await referenceInput(spec, MAX_REFERENCE_SIDE_PX)
      const { prompt, seed, width, height } = spec
      const settings: Settings = {
        ...{ prompt, negativePrompt: null, seed, width, height, steps: STEPS, guidance: GUIDANCE },
        control: control && { sha256: control.sha256, ...CONTROL },
        referenceSha256: reference ? [reference.sha256] : [],
      }
      const body = JSON.stringify({
        ...{ prompt, seed, num_inference_steps: STEPS, guidance_scale: GUIDANCE, image_size: { width, height } },
        ...{ num_images: 1, output_format: 'png', enable_safety_checker: true },
        ...(control && { controlnets: [controlNetOf(control)] }),
        ...(reference && { reference_image_url: dataUrl(reference), reference_strength: REFERENCE_STRENGTH }),
      })
      const { json } = await askJson(call, `${FAL_QUEUE_URL}/${model}`, {
        ...{ method: 'POST', body, explain: explainFal },
        headers: { ...headers, 'content-type': 'application/json' },
      })
      const submitted = readAnswer(Submitted, json)
      if (!isOurQueue(submitted, FAL_QUEUE_URL))
        throw new ProviderError('BAD_OUTPUT', 'a job at a place we do not trust')
      const costMicroUsd = control ? estimateMicroUsd(spec) : microUsdOf(spec, PLATE_MICRO_USD_PER_MEGAPIXEL)
      const backgroundDone = isInWords(spec.background)
      const handle: Handle = { ...submitted, settings, costMicroUsd, backgroundDone, model }
      return { kind: 'pending', handle: JSON.stringify(handle), pollAfterMs: FIRST_POLL_MS }
    },
    async poll(handle, call): Promise<Step> {
      const job = ownJob(handle, FAL_QUEUE_URL)
      const { json } = await askJson(call, job.status_url, { headers, explain: orLost(explainFal) })
      if (readAnswer(Status, json).status !== 'COMPLETED') return { kind: 'pending', handle, pollAfterMs: NEXT_POLL_MS }
      const answer = await askJson(call, job.response_url, { headers, explain: orLost(explainFalResult) })
      return { kind: 'done', image: await pictureOf(readAnswer(Result, answer.json), job, config, call) }
    },
    async cancel(handle, call) {
      await askJson(call, ownJob(handle, FAL_QUEUE_URL).cancel_url, {
        method: 'PUT',
        headers,
        explain: orLost(explainFal),
      })
    },
  }
}

const controlNetOf = (control: ModelInput) => ({
  path: CONTROLNET,
  control_image_url: dataUrl(control),
  conditioning_scale: CONTROL.scale,
  start_percentage: CONTROL.start,
  end_percentage: CONTROL.end,
})

type Size = { width: number; height: number }

const microUsdOf = ({ width, height }: Size, perMegapixel: number): number =>
  Math.ceil((Math.max(PIXELS_PER_MEGAPIXEL, width * height) * perMegapixel) / PIXELS_PER_MEGAPIXEL)

const estimateMicroUsd = (size: Size): number => microUsdOf(size, MICRO_USD_PER_MEGAPIXEL)

/** The key goes with each of these, so they must be the queue's own. */
const isOurQueue = ({ status_url, response_url, cancel_url }: z.infer<typeof Submitted>, queueUrl: string): boolean =>
  [status_url, response_url, cancel_url].every((url) => mayDownload(url, queueUrl, []))

/** Throws LOST_JOB for a handle that is broken, or from another queue than today's. */
function ownJob(handle: string, queueUrl: string): Handle {
  const job = readHandle(Handle, handle)
  if (!isOurQueue(job, queueUrl)) throw new ProviderError('LOST_JOB', 'a handle of another queue')
  return job
}

/** Of a job, what is not found is lost; of the model it would be a wrong address. */
const orLost =
  (explain: Explain): Explain =>
  (refusal) =>
    refusal.status === 404 || refusal.status === 410
      ? new ProviderError('LOST_JOB', `HTTP ${refusal.status}`, { status: refusal.status })
      : explain(refusal)

async function pictureOf(
  { images, has_nsfw_concepts }: z.infer<typeof Result>,
  { request_id, settings, costMicroUsd, backgroundDone, model = MODEL }: Handle,
  { FAL_QUEUE_URL, FAL_RESULT_HOSTS }: Config,
  call: ProviderCall,
): Promise<GenImage> {
  const bytes = await downloadPicture(call, images[0]!.url, { baseUrl: FAL_QUEUE_URL, hosts: FAL_RESULT_HOSTS })
  return madePicture(bytes, {
    ...{
      providerId: 'fal',
      model,
      upstreamId: request_id,
      settings,
      costMicroUsd,
      backgroundDone,
      degraded: [],
    },
    nsfw: has_nsfw_concepts?.length ? { flagged: has_nsfw_concepts.includes(true), score: null } : null,
  })
}
