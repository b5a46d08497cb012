import type { Config } from '../config'
import { sha256Hex } from '../kernel/hash'
import { createImageKernel } from '../render/image/kernel'
import { RENDERER_VERSION } from '../render/mannequin/renderer'
import { modules } from '../render/modules'
import { type GenImage, type GenSpec, type ImageProvider, type ProviderCall, ProviderError } from './contract'
import { drawMannequin } from './draw-mannequin'
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
  deadlineMs: 10_000,
  async submit(spec, call) {
    await simulateProvider(config, spec, call)
    return config.EMBEDDED_FIXED === '1' ? fixed(spec) : draw(spec)
  },
})

async function draw(spec: GenSpec): Promise<GenImage> {
  const { pixels, poseMatch } = drawOrRefuse(spec)
  const text = {
    Software: 'Lumiku',
    Lumiku: JSON.stringify({
      provider: 'embedded',
      v: RENDERER_VERSION,
      // Hashes: the file must not carry the seller's words, yet say which ones made it.
      promptSha256: await sha256Hex(spec.prompt),
      poseSha256: await sha256Hex(JSON.stringify(spec.control.pose.people.map((person) => person.keypoints2d))),
      seed: spec.seed,
      w: spec.width,
      h: spec.height,
    }),
  }
  const bytes = createImageKernel(modules.image).encodePng(pixels.rgba, pixels.width, pixels.height, { text })
  return { ...image(spec, bytes), pixels, poseMatch }
}

/** A pose or size that cannot be drawn will not be drawable at the next try either. */
function drawOrRefuse(spec: GenSpec): ReturnType<typeof drawMannequin> {
  try {
    return drawMannequin(modules.mannequin, spec)
  } catch (error) {
    if (error instanceof RangeError) throw new ProviderError('INVALID', error.message)
    throw error
  }
}

const fixed = (spec: GenSpec): GenImage => ({ ...image(spec, fixedPicture(spec.width, spec.height)), poseMatch: null })

const image = (spec: GenSpec, bytes: Uint8Array<ArrayBuffer>) => ({
  bytes,
  mime: 'image/png' as const,
  width: spec.width,
  height: spec.height,
  seed: spec.seed,
  providerId: 'embedded',
  model: MODEL,
  costMicroUsd: 0,
  backgroundDone: spec.background.kind !== 'studio',
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
