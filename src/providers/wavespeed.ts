import { z } from 'zod'
import type { Config } from '../config'
import { type GenImage, type ProviderCall, ProviderError, type Settings, type Step } from './contract'
import { readAnswer, readHandle, SettingsShape } from './handle'
import { askJson, downloadPicture, type Explain, mayDownload } from './http'
import { controlInput, dataUrl } from './inputs'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'
import { bodyError, explainPrediction, explainWavespeed, jobError } from './wavespeed-errors'

const MODEL = 'wavespeed-ai/flux-controlnet-union-pro-2.0'

/** As the ControlNet's authors say for poses. */
const CONTROL = { scale: 0.9, start: 0, end: 0.65 }
const STEPS = 28
/** FLUX.1 dev is distilled for this guidance; it takes no negative prompt. */
const GUIDANCE = 3.5

/** US dollars x 10^6 for a picture of any size, as listed by WaveSpeed on 2026-11-21. */
const MICRO_USD = 30_000

const FIRST_POLL_MS = 1_000
const NEXT_POLL_MS = 2_000

const Prediction = z.object({
  data: z.object({
    id: z.string().min(1).max(200),
    status: z.enum(['created', 'processing', 'completed', 'failed']),
    urls: z.object({ get: z.url().max(1_000) }),
    outputs: z.array(z.string()).nullish(),
    has_nsfw_contents: z.array(z.boolean()).nullish(),
    error: z.string().nullish(),
  }),
})
type Prediction = z.infer<typeof Prediction>['data']

const Handle = z.object({
  id: z.string(),
  getUrl: z.url(),
  settings: SettingsShape,
  hadReference: z.boolean(),
  backgroundDone: z.boolean(),
})
type Handle = z.infer<typeof Handle>

/** FLUX.1 dev with a ControlNet for the pose at WaveSpeed: no avatar, no cancelling, and the lowest price with a ControlNet. */
export const wavespeedProvider: MakeProvider = (config) => {
  const { WAVESPEED_KEY, WAVESPEED_URL } = config
  if (!WAVESPEED_KEY) return null
  const headers = { authorization: `Bearer ${WAVESPEED_KEY}` }
  return {
    id: 'wavespeed',
    model: MODEL,
    simulated: false,
    capabilities: {
      control: 'controlnet',
      maxReferences: 0,
      backgrounds: true,
      plates: false,
      minSidePx: 256,
      maxSidePx: 1_536,
    },
    timeouts: { submitMs: 15_000, pollMs: 30_000, jobMs: 180_000 },
    limits: { slots: 3, perMinute: 60, dailyMicroUsd: 50_000_000 },
    estimateMicroUsd: () => MICRO_USD,
    async submit(spec, call) {
      const control = await controlInput(spec)
      const { prompt, seed, width, height } = spec
      const settings: Settings = {
        ...{ prompt, negativePrompt: null, seed, width, height, steps: STEPS, guidance: GUIDANCE },
        control: { sha256: control.sha256, ...CONTROL },
        referenceSha256: [],
      }
      const body = JSON.stringify({
        ...{ prompt, seed, size: `${width}*${height}`, num_inference_steps: STEPS, guidance_scale: GUIDANCE },
        ...{ num_images: 1, output_format: 'png', enable_safety_checker: true },
        control_image: dataUrl(control),
        controlnet_conditioning_scale: CONTROL.scale,
        control_guidance_start: CONTROL.start,
        control_guidance_end: CONTROL.end,
      })
      const { json } = await askJson(call, `${WAVESPEED_URL}/api/v3/${MODEL}`, {
        ...{ method: 'POST', body, explain: explainWavespeed },
        headers: { ...headers, 'content-type': 'application/json' },
      })
      const { id, urls } = predictionOf(json, call, explainWavespeed)
      if (!isOurs(urls.get, config)) throw new ProviderError('BAD_OUTPUT', 'a job at a place we do not trust')
      const hadReference = spec.reference !== null
      const handle: Handle = {
        id,
        getUrl: urls.get,
        settings,
        hadReference,
        backgroundDone: isInWords(spec.background),
      }
      return { kind: 'pending', handle: JSON.stringify(handle), pollAfterMs: FIRST_POLL_MS }
    },
    async poll(handle, call): Promise<Step> {
      const job = readHandle(Handle, handle)
      if (!isOurs(job.getUrl, config)) throw new ProviderError('LOST_JOB', 'a handle of another service')
      const { json } = await askJson(call, job.getUrl, { headers, explain: explainPrediction })
      const prediction = predictionOf(json, call, explainPrediction)
      if (prediction.status === 'failed') throw jobError(prediction.error ?? '', job.id)
      if (prediction.status !== 'completed') return { kind: 'pending', handle, pollAfterMs: NEXT_POLL_MS }
      return { kind: 'done', image: await pictureOf(prediction, job, config, call) }
    },
  }
}

/** The key goes with it, so it must be WaveSpeed's own. */
const isOurs = (url: string, { WAVESPEED_URL }: Config): boolean => mayDownload(url, WAVESPEED_URL, [])

/** Some refusals come with status 200 and the true one in the body. */
function predictionOf(json: unknown, call: ProviderCall, explain: Explain): Prediction {
  const refused = bodyError(json, explain, call.now())
  if (refused) throw refused
  return readAnswer(Prediction, json).data
}

async function pictureOf(
  { outputs, has_nsfw_contents }: Prediction,
  { id, settings, hadReference, backgroundDone }: Handle,
  { WAVESPEED_URL, WAVESPEED_RESULT_HOSTS }: Config,
  call: ProviderCall,
): Promise<GenImage> {
  const [url] = outputs ?? []
  if (url === undefined) throw new ProviderError('BAD_OUTPUT', 'completed without a picture', { upstreamId: id })
  const bytes = await downloadPicture(call, url, { baseUrl: WAVESPEED_URL, hosts: WAVESPEED_RESULT_HOSTS })
  return madePicture(bytes, {
    ...{ providerId: 'wavespeed', model: MODEL, upstreamId: id, settings, costMicroUsd: MICRO_USD, backgroundDone },
    degraded: hadReference ? ['no-reference'] : [],
    nsfw: has_nsfw_contents?.length ? { flagged: has_nsfw_contents.includes(true), score: null } : null,
  })
}
