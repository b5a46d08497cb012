import type { Config } from '../config'
import type { ProviderCall } from './contract'
import { falMatting } from './matting-fal'
import { httpMatting } from './matting-http'

/** A picture to be cut out: the file as it is stored, and its pixels' size. */
export type SegmentAsk = { bytes: Uint8Array<ArrayBuffer>; mime: string; width: number; height: number }

/** A file that says which of its pixels are people and what they hold (matting-mask.ts reads it); micro-USD that it cost us. */
export type Segmented = { file: Uint8Array<ArrayBuffer>; costMicroUsd: number }

/** Somebody who says what of a picture is people. One attempt; throws ProviderError as image providers do. */
export type Segmenter = {
  readonly id: string
  segment(picture: SegmentAsk, call: ProviderCall): Promise<Segmented>
}

/** One attempt, download included. A lease of a task outlives it (queues/run-task.ts). */
export const MATTING_MS = 40_000

/** The one that is set up: that of MATTING_URL before fal's; null when there is none. */
export const segmenterOf = (config: Config): Segmenter | null => httpMatting(config) ?? falMatting(config)
