import type { PoseGeometry } from '../db/tables/poses'

/** A pose as every provider gets it: keypoints as data, and the words that name it and its props. */
export type ControlPose = PoseGeometry & { props: string[]; words: string }

export type Pixels = { rgba: Uint8Array | Uint8ClampedArray; width: number; height: number }

/** One picture to make. Sides are multiples of 16; the seed is a uint32 and always explicit. */
export type GenSpec = {
  /** `<job>:<variationKey>`; a provider that takes idempotency keys gets this one. */
  jobId: string
  prompt: string
  /** Who is in the picture: the same key and words mean the same person, whatever the pose and the seed. */
  subject: { key: string; words: string }
  seed: number
  width: number
  height: number
  control: { kind: 'openpose'; pose: ControlPose }
  /** The avatar's picture, decoded. */
  reference: Pixels | null
  background:
    | { kind: 'studio' }
    | { kind: 'color'; color: string }
    | { kind: 'image'; pixels: Pixels }
    | { kind: 'prompt'; prompt: string }
}

export type GenImage = {
  bytes: Uint8Array<ArrayBuffer>
  mime: 'image/png' | 'image/jpeg' | 'image/webp'
  width: number
  height: number
  seed: number
  providerId: string
  model: string
  /** Micro-USD that this picture cost us. */
  costMicroUsd: number
  /** True when the asked background is in the picture; it is charged only then. */
  backgroundDone: boolean
  /** 0..1 against the asked keypoints, when the provider knows. */
  poseMatch: number | null
  /** The same picture decoded, if the provider has it at hand: saves decoding it for the thumbnail. */
  pixels?: Pixels
}

/** `now` and `signal` come from the runner; an adapter makes one attempt and never waits by itself. */
export type ProviderCall = { signal: AbortSignal; now: () => number }

export interface ImageProvider {
  readonly id: string
  readonly model: string
  /** Pictures that no model made: labelled in the API, never passed off as AI output. */
  readonly simulated: boolean
  /** One attempt ends within this. */
  readonly deadlineMs: number
  submit(spec: GenSpec, call: ProviderCall): Promise<GenImage>
}

/** Codes of facts and contract; what each means for the task is in the table below. */
export type ProviderErrorCode =
  | 'UPSTREAM_5XX'
  | 'TIMEOUT'
  | 'BAD_OUTPUT'
  | 'MODERATED_IN'
  | 'INVALID'
  | 'CANCELLED'
  | 'UNKNOWN'

const RETRYABLE: Record<ProviderErrorCode, { maxAttempts: number; delayMs: number }> = {
  UPSTREAM_5XX: { maxAttempts: 3, delayMs: 1_000 },
  TIMEOUT: { maxAttempts: 2, delayMs: 0 },
  BAD_OUTPUT: { maxAttempts: 2, delayMs: 0 },
  UNKNOWN: { maxAttempts: 2, delayMs: 2_000 },
  MODERATED_IN: { maxAttempts: 1, delayMs: 0 },
  INVALID: { maxAttempts: 1, delayMs: 0 },
  CANCELLED: { maxAttempts: 1, delayMs: 0 },
}

/** The only error an adapter throws on purpose. `safeDetail` holds no prompt and no picture. */
export class ProviderError extends Error {
  override name = 'ProviderError'
  constructor(
    readonly code: ProviderErrorCode,
    readonly safeDetail = '',
  ) {
    super(`${code} ${safeDetail}`.trim())
  }

  /** How long to wait before another try, or null when this was the last. `attempt` counts from 1. */
  retryDelayMs(attempt: number): number | null {
    const { maxAttempts, delayMs } = RETRYABLE[this.code]
    return attempt < maxAttempts ? delayMs * 3 ** (attempt - 1) : null
  }
}
