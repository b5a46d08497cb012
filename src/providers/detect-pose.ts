import { z } from 'zod'
import type { Config } from '../config'
import { type Keypoints, type ProviderCall, ProviderError } from './contract'
import { askJson } from './http'

const MAX_PEOPLE = 10

/** What a detector answers (docs/providers.md): for each person 18 x [x, y, confidence], pixels of the picture, COCO-18. */
const Detected = z.object({
  people: z
    .array(z.object({ keypoints: z.array(z.tuple([z.number(), z.number(), z.number().min(0).max(1)])).length(18) }))
    .max(MAX_PEOPLE),
})

/**
 * The people in a picture, as the detector at POSE_DETECTOR_URL sees them; null when none is configured. The picture is
 * posted as it is (`image/png`, `image/jpeg` or `image/webp`). Throws ProviderError.
 */
export async function detectPose(
  { POSE_DETECTOR_URL: url, POSE_DETECTOR_TOKEN: token }: Config,
  call: ProviderCall,
  image: { bytes: Uint8Array<ArrayBuffer>; mime: string },
): Promise<Keypoints[] | null> {
  if (url === '') return null
  const headers = { 'content-type': image.mime, ...(token !== '' && { authorization: `Bearer ${token}` }) }
  const { json } = await askJson(call, url, { method: 'POST', headers, body: image.bytes })
  const read = Detected.safeParse(json)
  if (!read.success) throw new ProviderError('BAD_OUTPUT', 'a detector that answers something else')
  return read.data.people.map(({ keypoints }) => keypoints.flat())
}
