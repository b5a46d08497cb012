import { z } from 'zod'
import type { Config } from '../config'
import { type GenSpec, type ImageProvider, type ProviderCall, ProviderError, type Settings } from './contract'
import { flux2Prompt } from './flux2-prompt'
import { readAnswer } from './handle'
import { askJson, fromBase64 } from './http'
import { controlInput, type ModelInput, referenceInput } from './inputs'
import { isInWords, madePicture } from './made-picture'
import type { MakeProvider } from './registry'
import { explainWorkersAi, workersAiError } from './workers-ai-errors'
import { workersAiMicroUsd } from './workers-ai-prices'

/** Input images larger than this are refused. */
const MAX_INPUT_SIDE_PX = 512
/** The klein models have four steps and take no other number. */
const DEV_STEPS = 25

const Picture = z.object({ image: z.string().min(1) })
const Answer = z.object({ success: z.literal(true), result: Picture })

/** The part of the AI binding that we use; it is there only where wrangler.toml has an [ai] table. */
export type AiBinding = {
  run(
    model: string,
    input: { multipart: { body: ReadableStream; contentType: string } },
    options: { signal: AbortSignal },
  ): Promise<unknown>
}

/** What either way to the model answers: base64 of the picture, and the number of the request for Cloudflare's support. */
type Run = (form: FormData, call: ProviderCall) => Promise<{ image: string; upstreamId: string | null }>

/**
 * FLUX.2 on Workers AI: the pose map and the avatar are pictures that it follows by words. Reached by REST when
 * CF_ACCOUNT_ID and CF_API_TOKEN are set, else by the binding `AI`.
 */
export const workersAiProvider: MakeProvider = (config, env) => {
  const run = byRest(config) ?? byBinding(config, (env as { AI?: AiBinding }).AI)
  return run && provider(config.WORKERS_AI_MODEL, run)
}

const provider = (model: string, run: Run): ImageProvider => ({
  id: 'workers-ai',
  model,
  simulated: false,
  capabilities: {
    control: 'reference',
    maxReferences: 1,
    backgrounds: true,
    plates: true,
    minSidePx: 256,
    maxSidePx: 1_920,
  },
  timeouts: { submitMs: 90_000, pollMs: 0, jobMs: 90_000 },
  limits: { slots: 8, perMinute: 600, dailyMicroUsd: 20_000_000 },
  estimateMicroUsd: ({ width, height, hasReference }) =>
    workersAiMicroUsd(model, { width, height, inputs: hasReference ? 2 : 1 }),
  async submit(spec, call) {
    const pose = spec.control && (await controlInput(spec, MAX_INPUT_SIDE_PX))
    const avatar = await referenceInput(spec, MAX_INPUT_SIDE_PX)
    const settings = settingsOf(spec, model, pose, avatar)
    const { image, upstreamId } = await run(formOf(settings, pose, avatar), call)
    return {
      kind: 'done',
      image: madePicture(fromBase64(image), {
        ...{ providerId: 'workers-ai', model, upstreamId, settings },
        degraded: pose ? ['control-as-reference'] : [],
        nsfw: null,
        costMicroUsd: workersAiMicroUsd(model, {
          ...{ width: spec.width, height: spec.height },
          inputs: picturesOf(pose, avatar).length,
        }),
        backgroundDone: isInWords(spec.background),
      }),
    }
  },
})

const picturesOf = (...pictures: (ModelInput | null)[]): ModelInput[] => pictures.flatMap((picture) => picture ?? [])

function settingsOf(spec: GenSpec, model: string, pose: ModelInput | null, avatar: ModelInput | null): Settings {
  return {
    ...{ prompt: flux2Prompt(spec), negativePrompt: null, seed: spec.seed, width: spec.width, height: spec.height },
    steps: model.endsWith('-dev') ? DEV_STEPS : null,
    guidance: null,
    control: pose && { sha256: pose.sha256, scale: null, start: null, end: null },
    referenceSha256: avatar ? [avatar.sha256] : [],
  }
}

/** Multipart is the only form these models take, with pictures and without. */
function formOf({ prompt, seed, width, height, steps }: Settings, pose: ModelInput | null, avatar: ModelInput | null) {
  const form = new FormData()
  const fields = { prompt, seed, width, height, ...(steps !== null && { steps }) }
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  for (const [i, { png }] of picturesOf(pose, avatar).entries())
    form.append(`input_image_${i}`, new Blob([png], { type: 'image/png' }), `${i}.png`)
  return form
}

function byRest(config: Config): Run | null {
  const { CF_ACCOUNT_ID, CF_API_TOKEN, CF_API_URL, WORKERS_AI_MODEL } = config
  if (!CF_ACCOUNT_ID || !CF_API_TOKEN) return null
  const url = `${CF_API_URL}/client/v4/accounts/${encodeURIComponent(CF_ACCOUNT_ID)}/ai/run/${WORKERS_AI_MODEL}`
  return async (form, call) => {
    const { json, headers, status } = await askJson(call, url, {
      method: 'POST',
      headers: { authorization: `Bearer ${CF_API_TOKEN}` },
      body: form,
      explain: (refusal) => explainWorkersAi(refusal, call.now()),
    })
    // Some refusals come with status 200.
    const refused = explainWorkersAi({ status, headers, json, text: '' }, call.now())
    if (refused) throw refused
    return { image: readAnswer(Answer, json).result.image, upstreamId: headers.get('cf-ray') }
  }
}

function byBinding(config: Config, ai: AiBinding | undefined): Run | null {
  if (!ai) return null
  return async (form, call) => {
    // A Response serialises the form and says where its parts begin.
    const { body, headers } = new Response(form)
    const contentType = headers.get('content-type')
    if (!body || !contentType) throw new ProviderError('INVALID', 'an empty form')
    const json = await asked(ai, config.WORKERS_AI_MODEL, { body, contentType }, call)
    return { image: readAnswer(Picture, json).image, upstreamId: null }
  }
}

/** The binding's promise, or the signal if that comes first: whether the platform ends the call itself is not told. */
async function asked(
  ai: AiBinding,
  model: string,
  multipart: { body: ReadableStream; contentType: string },
  call: ProviderCall,
): Promise<unknown> {
  const { promise: ended, reject } = Promise.withResolvers<never>()
  const end = () => reject(new ProviderError('TIMEOUT', '', { outcomeUnknown: true }))
  call.signal.addEventListener('abort', end, { once: true })
  if (call.signal.aborted) end()
  try {
    return await Promise.race([ai.run(model, { multipart }, { signal: call.signal }), ended])
  } catch (error) {
    throw workersAiError(error, call)
  } finally {
    call.signal.removeEventListener('abort', end)
  }
}
