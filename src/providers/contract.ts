import type { FaceBox, Palette } from '../db/tables/avatars'
import type { PoseGeometry } from '../db/tables/poses'
import type { Degradation, Settings } from '../db/tables/recipe'
import type { Subject } from '../generations/types'

export { ProviderError, type ProviderErrorCode } from './errors'
export type { Degradation, Settings }

/** A pose as every provider gets it: keypoints as data, and the words that name it and its props. */
export type ControlPose = PoseGeometry & { props: string[]; words: string }

/** An avatar's picture, decoded, with what is known of it. */
export type Reference = Pixels & {
  /** Where the face is, in 0..1 of the picture. */
  face?: FaceBox | null
  /** The person's colours, when they are known better than by looking. */
  palette?: Palette | null
}

export type Pixels = { rgba: Uint8Array | Uint8ClampedArray; width: number; height: number }

export type PoseControl = { kind: 'openpose'; pose: ControlPose }

/** One picture to make. Sides are multiples of 16; the seed is a uint32 and always explicit. */
export type GenSpec = {
  /** `<job>:<variationKey>`; a provider that takes idempotency keys gets this one. */
  jobId: string
  /** What the picture shows, the same for every provider; an adapter may put its model's own words around it. */
  prompt: string
  /** Who is in the picture: the same key and words mean the same person, whatever the pose and the seed. */
  subject: Subject
  seed: number
  width: number
  height: number
  /** Null: an empty place, a backdrop that people are put before afterwards. Only providers with `plates` are asked for one. */
  control: PoseControl | null
  /** The avatar's picture, decoded. */
  reference: Reference | null
  background:
    | { kind: 'studio' }
    | { kind: 'color'; color: string }
    | { kind: 'image'; pixels: Pixels }
    | { kind: 'prompt'; prompt: string }
}

/** A picture of people in a pose. */
export type PosedSpec = GenSpec & { control: PoseControl }

/** 18 x (x, y, confidence 0..1) of one person in pixels of the picture, COCO-18 order. */
export type Keypoints = number[]

export type GenImage = {
  bytes: Uint8Array<ArrayBuffer>
  /** By the bytes themselves, whatever the provider's headers say. */
  mime: 'image/png' | 'image/jpeg' | 'image/webp'
  width: number
  height: number
  seed: number
  providerId: string
  model: string
  /** The provider's own number of the job, for its support. */
  upstreamId: string | null
  settings: Settings
  degraded: Degradation[]
  /** What the provider says of decency; null when it says nothing. */
  nsfw: { flagged: boolean; score: number | null } | null
  /** Micro-USD that this picture cost us. */
  costMicroUsd: number
  /** True when the asked background is in the picture; it is charged only then. */
  backgroundDone: boolean
  /** Keypoints of the people in the picture when the provider knows them; null when it does not. */
  keypoints: Keypoints[] | null
  /** Coverage 0..255 of the people and what they hold, width x height, when the provider knows it exactly. */
  mask?: Uint8Array | undefined
  /** The colours of the person, when the provider knows them exactly. */
  palette?: Palette | undefined
  /** The same picture decoded, if the provider has it at hand: saves decoding it. */
  pixels?: Pixels
}

/**
 * `now`, `random` and `fetch` come from the runner; an adapter makes one attempt, never waits by itself, and talks to
 * the network through `fetch` alone. `signal` ends the attempt.
 */
export type ProviderCall = {
  fetch: typeof fetch
  signal: AbortSignal
  now: () => number
  requestId: string
}

/**
 * Done, or begun upstream: `handle` is JSON of the adapter's own, at most 8 KB, kept with the task before the first poll,
 * so that a crash goes on polling. It carries all that `poll` needs (sizes, seed, settings), and no secret.
 */
export type Step = { kind: 'done'; image: GenImage } | { kind: 'pending'; handle: string; pollAfterMs: number }

export type Capabilities = {
  /** How the pose gets in: as a ControlNet's map, as a picture to follow, or in words alone. */
  control: 'controlnet' | 'reference' | 'none'
  /** Pictures of the avatar that it takes. */
  maxReferences: number
  /** Whether an asked background comes from this provider in one go. */
  backgrounds: boolean
  /** Whether it makes a place without people from words alone. */
  plates: boolean
  minSidePx: number
  maxSidePx: number
}

export type Limits = {
  /** Pictures at once, at most. */
  slots: number
  /** Submissions in 60 s, at most. */
  perMinute: number
  /** Micro-USD in one UTC day, at most. */
  dailyMicroUsd: number
}

export type Timeouts = {
  /** One submit; the whole picture for a provider that answers with it. */
  submitMs: number
  /** One poll, download included. */
  pollMs: number
  /** From submission to picture; what is later is cancelled upstream. */
  jobMs: number
}

export interface ImageProvider {
  readonly id: string
  readonly model: string
  /** Pictures that no model made: labelled in the API, never passed off as AI output. */
  readonly simulated: boolean
  readonly capabilities: Capabilities
  readonly timeouts: Timeouts
  /** Null: nothing to guard, the circuit and the slots are skipped. */
  readonly limits: Limits | null
  estimateMicroUsd(spec: { width: number; height: number; hasReference: boolean }): number
  submit(spec: GenSpec, call: ProviderCall): Promise<Step>
  /** Throws LOST_JOB when upstream knows the handle no more. A thrown NETWORK, TIMEOUT, 5XX or 429 is about the poll alone. */
  poll?(handle: string, call: ProviderCall): Promise<Step>
  cancel?(handle: string, call: ProviderCall): Promise<void>
}
