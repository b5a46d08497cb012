import { z } from 'zod'
import type { Config } from '../config'
import { type ProviderCall, ProviderError } from '../providers/contract'
import { askJson } from '../providers/http'

const MODEL = 'Falconsai/nsfw_image_detection'
const LABEL = 'nsfw'
const TIMEOUT_MS = 10_000

const Labels = z.array(z.object({ label: z.string().max(100), score: z.number().min(0).max(1) })).max(50)

export type Verdict = { flagged: boolean; score: number }

/**
 * What a classifier says of a picture: POST of its bytes to NSFW_CLASSIFIER_URL, or to hf-inference at HF_ROUTER_URL, which
 * answers `[{label, score}]` (huggingface.co/docs, image classification). `score` is that of the label "nsfw", 0..1. One
 * attempt of at most 10 s. Throws ProviderError by the usual taxonomy; an answer without that label is BAD_OUTPUT.
 */
export async function classifyPicture(
  config: Config,
  call: ProviderCall,
  { bytes, mime }: { bytes: Uint8Array<ArrayBuffer>; mime: string },
): Promise<Verdict> {
  const url = config.NSFW_CLASSIFIER_URL || `${config.HF_ROUTER_URL}/hf-inference/models/${MODEL}`
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(TIMEOUT_MS)])
  const { json } = await askJson({ ...call, signal }, url, {
    method: 'POST',
    headers: { 'content-type': mime, ...(config.HF_TOKEN && { authorization: `Bearer ${config.HF_TOKEN}` }) },
    body: bytes,
  })
  const labels = Labels.safeParse(json).data
  const score = labels?.find(({ label }) => label.toLowerCase() === LABEL)?.score
  if (score === undefined) throw new ProviderError('BAD_OUTPUT', 'the classifier did not say how decent it is')
  return { flagged: score >= config.NSFW_THRESHOLD, score }
}
