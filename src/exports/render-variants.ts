import { crc32 } from 'node:zlib'
import { describeError } from '../kernel/log'
import { markProvenance } from '../provenance/mark'
import { ImageError } from '../render/image/image-error'
import { type Coders, type EncodeModules, openCoders } from './render-coders'
import { encodeOutput, OverCapError } from './render-encode'
import { scaleFor } from './render-fill'
import { checkMemoryPlan, countHoldings, type Holding, type Holdings } from './render-memory'
import { type Ask, type Output, planOutputs } from './render-plan'
import type { ExportSource, FormatId, ImageType, Variant, VariantOptions } from './types'

/**
 * A format that did not come out. `over_cap`: no quality of 60 or more meets its byte cap; `unusable`: the picture cannot be
 * coded; another try of either ends the same. `failed`: something else, such as the store, which may go well next time.
 */
export type Failure = { format: FormatId; code: 'over_cap' | 'unusable' | 'failed'; detail: string }

type Sink = (variant: Variant) => Promise<void>

/**
 * Makes the asked files of a picture and hands each to `sink` before the next is made, small ones first; formats whose files
 * are equal share one. Transparency becomes white and stays in `original` alone. Every file is marked (src/provenance). A
 * format that fails is in the answer and stops no other.
 *
 * Call it within `oneAtATime`. What it held at most is checked against the memory plan at the end.
 */
export async function renderVariants(
  modules: EncodeModules,
  source: ExportSource,
  asks: Ask[],
  sink: Sink,
  holdings: Holdings = countHoldings(),
): Promise<Failure[]> {
  const failures: Failure[] = []
  const { outputs, originals } = planOutputs(source, asks)
  for (const { format, options } of originals) {
    await attempt(failures, [format], async () => sink(originalOf(source, format, options)))
  }
  if (outputs.length > 0) await renderOutputs(modules, source, outputs, { sink, failures, holdings })
  checkMemoryPlan(source.imageId, holdings)
  return failures
}

type Progress = { sink: Sink; failures: Failure[]; holdings: Holdings }

async function renderOutputs(modules: EncodeModules, source: ExportSource, outputs: Output[], progress: Progress) {
  const { sink, failures, holdings } = progress
  const coders = openCoders(modules)
  for (const output of outputs) {
    await attempt(failures, output.formats, async () => {
      const variant = await variantOf(coders, source, output)
      holdings.note([...coders.held(), ...buffersOf(source, variant)])
      for (const format of output.formats) await attempt(failures, [format], () => sink({ ...variant, format }))
    })
  }
}

const buffersOf = ({ bytes, pixels }: ExportSource, file: Variant): Holding[] => [
  { name: 'master', kind: 'buffer', bytes: bytes.length },
  { name: 'pixels', kind: 'buffer', bytes: pixels.rgba.length },
  { name: 'resized', kind: 'buffer', bytes: file.type === 'image/webp' ? file.width * file.height * 4 : 0 },
  { name: 'file', kind: 'buffer', bytes: file.bytes.length },
]

async function variantOf(coders: Coders, source: ExportSource, output: Output): Promise<Variant> {
  const { framing, format, options } = output
  const { widthPx: width, heightPx: height, type } = format
  const scale = scaleFor(coders.kernel(), source.pixels, framing, { width, height }, options.fill)
  const finish = (bytes: Uint8Array<ArrayBuffer>) => marked(source, bytes, type, options)
  const { bytes, quality } = await encodeOutput(coders, source.pixels, output, scale, finish)
  const { keeps, isPadded } = framing
  return { format: output.formats[0]!, type, bytes, width, height, crc32: crc32(bytes), quality, isPadded, keeps }
}

/** The master's own bytes: marking what is marked the same way changes nothing. */
function originalOf(source: ExportSource, format: FormatId, options: VariantOptions): Variant {
  const { pixels, type, figures } = source
  const bytes = marked(source, source.bytes, type, options)
  const keeps = figures.length > 0 ? 'body' : 'nothing'
  const size = { width: pixels.width, height: pixels.height }
  return { format, type, bytes, ...size, crc32: crc32(bytes), quality: null, isPadded: false, keeps }
}

const marked = (
  { imageId, simulated, createdAt }: ExportSource,
  bytes: Uint8Array<ArrayBuffer>,
  type: ImageType,
  { withRecipe }: VariantOptions,
): Uint8Array<ArrayBuffer> =>
  markProvenance(bytes, type, { imageId: withRecipe ? imageId : null, simulated, createdAt })

/** Runs a step; what it throws becomes a failure of these formats. */
async function attempt(failures: Failure[], formats: FormatId[], step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (error) {
    const code = error instanceof OverCapError ? 'over_cap' : error instanceof ImageError ? 'unusable' : 'failed'
    for (const format of formats) failures.push({ format, code, detail: describeError(error) })
  }
}
