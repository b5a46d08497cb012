import type { Config } from '../config'
import { type GenImage, type Pixels, type ProviderCall, ProviderError } from '../providers/contract'
import { classifyPicture } from './classify-picture'
import { isBlack } from './is-black'

type Judged = Pick<GenImage, 'bytes' | 'mime' | 'nsfw'> & { pixels: Pixels }

/**
 * Whether anybody may see a picture, by NSFW_MODE (docs/moderation.md). Throws ProviderError MODERATED_OUT when not: a black
 * picture in every mode, what its provider flagged unless `off`, what the classifier flagged in `classify`. A classifier that
 * gives no answer lets nothing pass: UPSTREAM_5XX, so that the picture is judged or made again, and in the end fails.
 */
export async function judgePicture(config: Config, call: ProviderCall, image: Judged): Promise<void> {
  if (isBlack(image.pixels)) throw new ProviderError('MODERATED_OUT', 'a black picture')
  if (config.NSFW_MODE === 'off') return
  if (image.nsfw?.flagged) throw new ProviderError('MODERATED_OUT', 'flagged by its provider')
  if (config.NSFW_MODE !== 'classify') return
  const { flagged } = await classifyPicture(config, call, image).catch(unjudged)
  if (flagged) throw new ProviderError('MODERATED_OUT', 'flagged by the classifier')
}

/** Of the classifier's own errors only this much is the picture's matter: a wrong token there is no fault of its provider. */
function unjudged(error: unknown): never {
  if (!(error instanceof ProviderError)) throw error
  throw new ProviderError('UPSTREAM_5XX', `not judged: ${error.code}`, { retryAfterMs: error.retryAfterMs })
}
