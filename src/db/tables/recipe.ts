/**
 * What a model was given, so that the picture can be made again and explained: everything but the bytes. Hashes are
 * SHA-256 in hex of the very bytes that were sent.
 */
export type Settings = {
  prompt: string
  negativePrompt: string | null
  seed: number
  width: number
  height: number
  steps: number | null
  guidance: number | null
  control: { sha256: string; scale: number | null; start: number | null; end: number | null } | null
  referenceSha256: string[]
}

/** Parts of the wish that a provider could not take as asked. Shown with the picture, never silent. */
export type Degradation = 'control-as-reference' | 'no-control' | 'no-reference' | 'resized'

/** How a picture came to be; kept with it for good. */
export type Recipe = {
  provider: string
  model: string
  upstreamId: string | null
  settings: Settings
  degraded: Degradation[]
  /** Submissions to providers until this picture was there, itself included. */
  submissions: number
  costMicroUsd: number
}
