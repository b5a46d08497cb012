import type { Ctx } from '../ctx'
import type { EventImage } from '../progress/events'
import { signMediaPath } from './sign'

/** What an event says of a picture that is there; its URLs are fresh for who watches, a resumed client asks for results. */
export async function eventImage(
  { config, now }: Pick<Ctx, 'config' | 'now'>,
  { id, poseId }: { id: string; poseId: string | null },
  shownId: string = id,
): Promise<EventImage> {
  const sign = (variant: 'original' | 'thumbnail') =>
    signMediaPath(config.MEDIA_SIGNING_SECRET, shownId, variant, now())
  const [outputImageUrl, thumbnailUrl] = await Promise.all([sign('original'), sign('thumbnail')])
  return { id, poseId, outputImageUrl, thumbnailUrl }
}
