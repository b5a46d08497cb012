import { z } from 'zod'
import type { Config } from '../config'
import { type GenSpec, type ImageProvider, type ProviderCall, ProviderError, type Settings } from './contract'
import { explainFal } from './fal-errors'
import { flux2Prompt } from './flux2-prompt'
import { readAnswer, readHandle, SettingsShape } from './handle'
import { askJson, downloadPicture, type Explain } from './http'
import { controlInput, dataUrl, type ModelInput, referenceInput } from './inputs'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'

const MODEL = 'fal-ai/flux-2/klein/9b/edit'
const STEPS = 4
const MAX_INPUT_SIDE_PX = 1_024
/** Of every picture, made or sent along (resellers' lists, 2026-11-21); the smallest counts as one megapixel. */
const MICRO_USD_PER_MEGAPIXEL = 11_000

/** The job's path at fal, below which its status and its result are; the same path at the router. */
const JobPath = z.string().regex(/^(?:\/[\w-]+){2,6}\/requests\/[\w-]{1,100}$/)

const Submitted = z.object({ request_id: z.string().min(1).max(200), response_url: z.url() })
const Status = z.object({ status: z.enum(['IN_QUEUE', 'IN_PROGRESS', 'COMPLETED']) })
const Result = z.object({
  images: z.array(z.object({ url: z.string().min(1) })).min(1),
  has_nsfw_concepts: z.array(z.boolean()).nullish(),
})

const Handle = z.object({
  path: JobPath,
  upstreamId: z.string(),
  costMicroUsd: z.number().int(),
  backgroundDone: z.boolean(),
  settings: SettingsShape,
})
type Handle = z.infer<typeof Handle>

/**
 * FLUX.2 klein at fal through Hugging Face's router, billed by Hugging Face: pose map and avatar are pictures that it
 * follows by words. Written by hand, because the client's polls and downloads go past its `fetch` option.
 */
export const huggingFaceProvider: MakeProvider = (config) => (config.HF_TOKEN ? provider(config) : null)

const provider = (config: Config): ImageProvider => ({
  id: 'huggingface',
  model: MODEL,
  simulated: false,
  capabilities: {
    control: 'reference',
    maxReferences: 1,
    backgrounds: true,
    plates: false,
    minSidePx: 512,
    maxSidePx: 2_048,
  },
  timeouts: { submitMs: 15_000, pollMs: 30_000, jobMs: 180_000 },
  limits: { slots: 4, perMinute: 60, dailyMicroUsd: 20_000_000 },
  estimateMicroUsd: ({ width, height, hasReference }) =>
    priceOf([{ width, height }, fullInput, ...(hasReference ? [fullInput] : [])]),
  async submit(spec, call) {
    const pose = await controlInput(spec, MAX_INPUT_SIDE_PX)
    const avatar = await referenceInput(spec, MAX_INPUT_SIDE_PX)
    const settings = settingsOf(spec, pose, avatar)
    const { json } = await askJson(call, urlOf(config, `/${MODEL}`), {
      method: 'POST',
      headers: { ...headersOf(config), 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(settings, pose, avatar)),
      explain: explainFal,
    })
    const handle: Handle = {
      ...jobOf(json),
      costMicroUsd: priceOf([spec, pose, ...(avatar ? [avatar] : [])]),
      backgroundDone: isInWords(spec.background),
      settings,
    }
    return { kind: 'pending', handle: JSON.stringify(handle), pollAfterMs: 1_000 }
  },
  async poll(json, call) {
    const handle = readHandle(Handle, json)
    const { status } = readAnswer(Status, await asked(config, call, `${handle.path}/status`, explainPoll))
    if (status !== 'COMPLETED') return { kind: 'pending', handle: json, pollAfterMs: 2_000 }
    const result = readAnswer(Result, await asked(config, call, handle.path, explainResult))
    const bytes = await downloadPicture(call, result.images[0]!.url, {
      baseUrl: config.HF_ROUTER_URL,
      hosts: config.HF_RESULT_HOSTS,
    })
    const { path: _, ...kept } = handle
    return {
      kind: 'done',
      image: madePicture(bytes, {
        ...{ ...kept, providerId: 'huggingface', model: MODEL, degraded: ['control-as-reference'] },
        nsfw: result.has_nsfw_concepts ? { flagged: result.has_nsfw_concepts.includes(true), score: null } : null,
      }),
    }
  },
  async cancel(json, call) {
    await askJson(call, urlOf(config, `${readHandle(Handle, json).path}/cancel`), {
      method: 'PUT',
      headers: headersOf(config),
      explain: explainPoll,
    })
  },
})

const fullInput = { width: MAX_INPUT_SIDE_PX, height: MAX_INPUT_SIDE_PX }

const priceOf = (pictures: readonly { width: number; height: number }[]): number =>
  pictures.reduce(
    (sum, { width, height }) => sum + Math.ceil(Math.max(1, (width * height) / 1e6) * MICRO_USD_PER_MEGAPIXEL),
    0,
  )

/** The router's way to fal's queue. */
const urlOf = ({ HF_ROUTER_URL }: Config, path: string): string => `${HF_ROUTER_URL}/fal-ai${path}?_subdomain=queue`

const headersOf = ({ HF_TOKEN, HF_BILL_TO }: Config): Record<string, string> => ({
  authorization: `Bearer ${HF_TOKEN}`,
  ...(HF_BILL_TO && { 'x-hf-bill-to': HF_BILL_TO }),
})

function settingsOf(spec: GenSpec, pose: ModelInput, avatar: ModelInput | null) {
  return {
    ...{ prompt: flux2Prompt(spec), negativePrompt: null, seed: spec.seed, width: spec.width, height: spec.height },
    ...{ steps: STEPS, guidance: null },
    control: { sha256: pose.sha256, scale: null, start: null, end: null },
    referenceSha256: avatar ? [avatar.sha256] : [],
  } satisfies Settings
}

const bodyOf = ({ prompt, seed, width, height, steps }: Settings, pose: ModelInput, avatar: ModelInput | null) => ({
  ...{ prompt, seed, image_size: { width, height }, num_inference_steps: steps, num_images: 1, output_format: 'png' },
  image_urls: (avatar ? [pose, avatar] : [pose]).map(dataUrl),
})

/** fal names its own address, which the router's callers cannot ask: only the path counts. */
function jobOf(json: unknown): { path: string; upstreamId: string } {
  const { request_id, response_url } = readAnswer(Submitted, json)
  return { path: readAnswer(JobPath, new URL(response_url).pathname), upstreamId: request_id }
}

const asked = async (config: Config, call: ProviderCall, path: string, explain: Explain): Promise<unknown> =>
  (await askJson(call, urlOf(config, path), { headers: headersOf(config), explain })).json

const explainPoll: Explain = (refusal) =>
  refusal.status === 404
    ? new ProviderError('LOST_JOB', 'no such job', { status: refusal.status })
    : explainFal(refusal)

/** A runner's failure is the job's end. As UPSTREAM_5XX it would be the line's, and polled until the job's time is over. */
const explainResult: Explain = (refusal) => {
  const error = explainPoll(refusal)
  return error?.code === 'UPSTREAM_5XX'
    ? new ProviderError('BAD_OUTPUT', error.safeDetail, { status: refusal.status })
    : error
}
