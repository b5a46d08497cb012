import type { Config } from '../config'
import { sha256Hex } from '../kernel/hash'
import { createImageKernel } from '../render/image/kernel'
import { RENDERER_VERSION } from '../render/mannequin/renderer'
import { modules } from '../render/modules'
import {
  type GenImage,
  type GenSpec,
  type ImageProvider,
  type PosedSpec,
  type ProviderCall,
  ProviderError,
  type Step,
} from './contract'
import { drawMannequin } from './draw-mannequin'
import { drawPlate } from './draw-plate'
import { fixedPicture } from './fixed-picture'

const MODEL = `mannequin-${RENDERER_VERSION}`

/**
 * Draws the asked pose as a lit mannequin: offline, free, the same pixels for the same spec. Simulates a provider's
 * latency, failures and moderation when the EMBEDDED_* variables say so (refused in production, see config.ts).
 */
export const embeddedProvider = (config: Config): ImageProvider => ({
  id: 'embedded',
  model: MODEL,
  simulated: true,
  capabilities: {
    control: 'controlnet',
    maxReferences: 1,
    backgrounds: true,
    plates: true,
    minSidePx: 16,
    maxSidePx: 2048,
  },
  timeouts: { submitMs: 10_000, pollMs: 10_000, jobMs: 10_000 },
  limits: null,
  estimateMicroUsd: () => 0,
  async submit(spec, call): Promise<Step> {
    await simulateProvider(config, spec, call)
    return { kind: 'done', image: config.EMBEDDED_FIXED === '1' ? fixed(spec) : await draw(spec) }
  },
})

async function draw(spec: GenSpec): Promise<GenImage> {
  const { control } = spec
  return control ? drawPeople({ ...spec, control }) : drawPlace(spec)
}

function drawPlace(spec: GenSpec): GenImage {
  const pixels = drawPlate(spec)
  const bytes = createImageKernel(modules.image).encodePng(pixels.rgba, pixels.width, pixels.height)
  return { ...image(spec, bytes), pixels }
}

async function drawPeople(spec: PosedSpec): Promise<GenImage> {
  const { pixels, mask, keypoints, palette } = drawOrRefuse(spec)
  // Hashes: the file must not carry the seller's words, yet say which ones made it.
  const [promptSha256, poseSha256] = await Promise.all([
    sha256Hex(spec.prompt),
    sha256Hex(JSON.stringify(spec.control.pose.people.map((person) => person.keypoints2d))),
  ])
  const { seed, width: w, height: h } = spec
  const text = {
    Software: 'Lumiku',
    Lumiku: JSON.stringify({ provider: 'embedded', v: RENDERER_VERSION, promptSha256, poseSha256, seed, w, h }),
  }
  const bytes = createImageKernel(modules.image).encodePng(pixels.rgba, pixels.width, pixels.height, { text })
  const drawn = image(spec, bytes)
  const control = { sha256: poseSha256, scale: null, start: null, end: null }
  return { ...drawn, settings: { ...drawn.settings, control }, pixels, mask, keypoints, palette }
}

/** A pose or size that cannot be drawn will not be drawable at the next try either. */
function drawOrRefuse(spec: PosedSpec): ReturnType<typeof drawMannequin> {
  try {
    return drawMannequin(modules.mannequin, spec)
  } catch (error) {
    if (error instanceof RangeError) throw new ProviderError('INVALID', error.message)
    throw error
  }
}

function fixed(spec: GenSpec): GenImage {
  const { bytes, pixels } = fixedPicture(spec.width, spec.height)
  return { ...image(spec, bytes), pixels }
}

const image = (spec: GenSpec, bytes: Uint8Array<ArrayBuffer>): GenImage => ({
  bytes,
  mime: 'image/png',
  width: spec.width,
  height: spec.height,
  seed: spec.seed,
  providerId: 'embedded',
  model: MODEL,
  costMicroUsd: 0,
  backgroundDone: spec.background.kind !== 'studio',
  upstreamId: null,
  settings: {
    prompt: spec.prompt,
    negativePrompt: null,
    ...{ seed: spec.seed, width: spec.width, height: spec.height },
    ...{ steps: null, guidance: null, control: null, referenceSha256: [] },
  },
  degraded: [],
  nsfw: null,
  keypoints: null,
})

/** What the EMBEDDED_* variables ask for, drawn from the picture's own id: a failing picture fails at every attempt. */
async function simulateProvider(config: Config, spec: GenSpec, { signal }: ProviderCall): Promise<void> {
  if (config.EMBEDDED_LATENCY_MS > 0) await scheduler.wait(config.EMBEDDED_LATENCY_MS, { signal })
  const { EMBEDDED_MODERATE } = config
  if (EMBEDDED_MODERATE !== '' && spec.prompt.toLowerCase().includes(EMBEDDED_MODERATE.toLowerCase()))
    throw new ProviderError('MODERATED_IN')
  if (config.EMBEDDED_FAIL_RATE === 0) return
  const draw = Number.parseInt((await sha256Hex(`fail ${spec.jobId}`)).slice(0, 8), 16) / 0x1_0000_0000
  if (draw < config.EMBEDDED_FAIL_RATE) throw new ProviderError('UPSTREAM_5XX', 'simulated')
}
