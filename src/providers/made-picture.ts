import { readHeader } from '../uploads/header'
import { sniffType } from '../uploads/sniff'
import { type GenImage, type GenSpec, ProviderError, type Settings } from './contract'
import { MAX_UPSTREAM_ID_CHARACTERS } from './errors'

type Made = Pick<GenImage, 'providerId' | 'model' | 'upstreamId' | 'degraded' | 'nsfw' | 'costMicroUsd'> & {
  settings: Settings
  backgroundDone: boolean
  keypoints?: GenImage['keypoints']
}

/** A picture as it came, with its type and size read from its own bytes. Throws BAD_OUTPUT for what has none. */
export function madePicture(bytes: Uint8Array<ArrayBuffer>, made: Made): GenImage {
  const type = sniffType(bytes)
  if (!type) throw new ProviderError('BAD_OUTPUT', `${bytes.length} bytes that are no picture`)
  const { width, height } = sizeOf(bytes, type)
  const upstreamId = made.upstreamId?.slice(0, MAX_UPSTREAM_ID_CHARACTERS) ?? null
  return { bytes, mime: `image/${type}`, width, height, seed: made.settings.seed, keypoints: null, ...made, upstreamId }
}

function sizeOf(bytes: Uint8Array, type: Parameters<typeof readHeader>[1]): { width: number; height: number } {
  try {
    return readHeader(bytes, type)
  } catch {
    throw new ProviderError('BAD_OUTPUT', 'a picture without a header')
  }
}

/** Backgrounds that are words in the prompt; an uploaded picture of one is not taken by any of these models. */
export const isInWords = ({ kind }: GenSpec['background']): boolean => kind === 'prompt' || kind === 'color'
