import { textToImage } from '@huggingface/inference'
import { z } from 'zod'
import type { Config } from '../config'
import { type GenSpec, type ImageProvider, ProviderError, type Settings } from './contract'
import type { ProviderErrorCode } from './errors'
import { readAnswer } from './handle'
import { type Explain, fromBase64, retryAfterMs, toBase64 } from './http'
import { inferenceError, inferenceFetch } from './huggingface-client'
import { controlInput, type ModelInput, referenceInput } from './inputs'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'

const MODEL = 'FLUX.1-dev-ControlNet-Union-Pro-2.0'
const STEPS = 28
const GUIDANCE = 3.5
/** Union Pro 2.0 for poses, from its model card. */
const CONTROL = { scale: 0.9, start: 0, end: 0.65 }
const REFERENCE_SCALE = 0.6
const MAX_REFERENCE_SIDE_PX = 1_024
/** An A100 (80 GB) at $2.50 an hour, 14 s a megapixel, always busy; 2026-11-21. Idle hours cost the same and are not in it. */
const MICRO_USD_PER_MEGAPIXEL = 9_700

/** docs/huggingface-endpoint/README.md. */
const Answer = z.object({
  image: z.string().min(1),
  nsfw: z.boolean(),
  model: z.string().max(200).optional(),
  keypoints: z
    .array(z.array(z.tuple([z.number(), z.number(), z.number().min(0).max(1)])).length(18))
    .max(20)
    .nullish(),
})

/** FLUX.1 with a ControlNet on an endpoint of one's own (docs/huggingface-endpoint): one request answers with the picture. */
export const huggingFaceEndpointProvider: MakeProvider = (config) =>
  config.HF_TOKEN && config.HF_ENDPOINT_URL ? provider(config) : null

const provider = (config: Config): ImageProvider => ({
  id: 'huggingface-endpoint',
  model: MODEL,
  simulated: false,
  capabilities: {
    control: 'controlnet',
    maxReferences: 1,
    backgrounds: true,
    plates: false,
    minSidePx: 256,
    maxSidePx: 2_048,
  },
  // A request is held for a minute while a sleeping endpoint wakes.
  timeouts: { submitMs: 120_000, pollMs: 0, jobMs: 120_000 },
  limits: { slots: 1, perMinute: 30, dailyMicroUsd: 60_000_000 },
  estimateMicroUsd: priceOf,
  async submit(spec, call) {
    const pose = await controlInput(spec)
    const avatar = await referenceInput(spec, MAX_REFERENCE_SIDE_PX)
    const settings = settingsOf(spec, pose, avatar)
    const endpointUrl = config.HF_ENDPOINT_URL
    const json = await textToImage(
      {
        accessToken: config.HF_TOKEN,
        endpointUrl,
        inputs: settings.prompt,
        parameters: parametersOf(settings, pose, avatar),
      },
      {
        ...{ outputType: 'json', retry_on_error: false, signal: call.signal },
        fetch: inferenceFetch(config, call, {
          endpointUrl,
          headers: { accept: 'application/json', 'x-scale-up-timeout': '60' },
          explain: explainAt(call.now()),
        }),
      },
    ).catch((error: unknown) => {
      throw inferenceError(call, error)
    })
    const { image, nsfw, keypoints, model } = readAnswer(Answer, json)
    return {
      kind: 'done',
      image: madePicture(fromBase64(image), {
        ...{ providerId: 'huggingface-endpoint', model: model ?? MODEL, upstreamId: null, settings },
        degraded: [],
        nsfw: { flagged: nsfw, score: null },
        costMicroUsd: priceOf(spec),
        backgroundDone: isInWords(spec.background),
        keypoints: keypoints?.map((person) => person.flat()) ?? null,
      }),
    }
  },
})

function priceOf({ width, height }: { width: number; height: number }): number {
  return Math.ceil(Math.max(1, (width * height) / 1e6) * MICRO_USD_PER_MEGAPIXEL)
}

function settingsOf(spec: GenSpec, pose: ModelInput, avatar: ModelInput | null): Settings {
  return {
    ...{ prompt: spec.prompt, negativePrompt: null, seed: spec.seed, width: spec.width, height: spec.height },
    ...{ steps: STEPS, guidance: GUIDANCE, control: { sha256: pose.sha256, ...CONTROL } },
    referenceSha256: avatar ? [avatar.sha256] : [],
  }
}

const parametersOf = ({ width, height, seed }: Settings, pose: ModelInput, avatar: ModelInput | null) => ({
  ...{ width, height, seed, num_inference_steps: STEPS, guidance_scale: GUIDANCE, output_format: 'png' },
  ...{ control_image: toBase64(pose.png), control_mode: 'pose', controlnet_conditioning_scale: CONTROL.scale },
  ...{ control_guidance_start: CONTROL.start, control_guidance_end: CONTROL.end },
  ...(avatar && { reference_image: toBase64(avatar.png), reference_scale: REFERENCE_SCALE }),
})

/** The toolkit answers 400 to every exception; ours begin with their kind. */
const KINDS: Readonly<Record<string, ProviderErrorCode>> = {
  VALIDATION: 'INVALID',
  OOM: 'UPSTREAM_5XX',
  NSFW: 'MODERATED_IN',
}
const Refused = z.object({ error: z.string() })

/** A bare 503 is the proxy of an endpoint that wakes. */
const explainAt =
  (now: number): Explain =>
  ({ status, headers, json }) => {
    if (status === 503)
      return new ProviderError('COLD', 'the endpoint is starting', { status, retryAfterMs: retryAfterMs(headers, now) })
    const kind = status === 400 ? /^([A-Z]+):/.exec(Refused.safeParse(json).data?.error ?? '')?.[1] : undefined
    const code = kind === undefined ? undefined : KINDS[kind]
    return code ? new ProviderError(code, `HTTP ${status} ${kind}`, { status }) : null
  }
