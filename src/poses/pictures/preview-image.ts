import type { Ctx } from '../../ctx'
import { oneAtATime } from '../../exports/one-at-a-time'
import { fail } from '../../http/errors'
import { sha256Hex } from '../../kernel/hash'
import { drawMannequin } from '../../providers/draw-mannequin'
import type { Pixels } from '../../render/image/pixels'
import { modules } from '../../render/modules'
import { createWebpEncoder } from '../../render/webp/encode'
import { decodeWith } from '../../uploads/codecs'
import type { PoseRecord } from '../load-pose'
import { PREVIEW_VERSION, previewWords } from './preview-image-version'

/** Sides of a preview in pixels: of a card, and of a page about one pose. */
const PREVIEW_SIDES_PX = [320, 768] as const

type PreviewOptions = { sidePx: (typeof PREVIEW_SIDES_PX)[number]; mirror: boolean }

export type Preview = {
  /** Strong, with its quotes. */
  etag: string
  /** WebP. Called at most once; draws what is not kept yet. Throws UNAVAILABLE when too many wait for a drawing. */
  body: () => Promise<ReadableStream | Uint8Array<ArrayBuffer>>
}

const QUALITY = 85
/** The colour that drafts have too: calm, and no clothes of the renderer disappear in it. */
const BACKGROUND = '#CDD3DC'
/** All who look at previews share one place in the line of those who work with pictures. */
const OWNER = 'previews'

/**
 * A preview drawn by our renderer, with the clothes and things that a picture of this pose would have; kept in R2 under
 * what it shows, so that it is drawn once. For any pose, also one's own. A mirrored one is the same picture turned round.
 */
export async function previewImage({ env }: Ctx, pose: PoseRecord, options: PreviewOptions): Promise<Preview> {
  const { geometry, props } = pose
  const { sidePx, mirror } = options
  const words = previewWords(pose)
  return kept(env.MEDIA, await contentKeyOf(pose, options), async () => {
    const { pixels } = drawMannequin(modules.mannequin, {
      jobId: 'preview',
      prompt: '',
      subject: { key: 'preview', words: '' },
      seed: 0,
      width: sidePx,
      height: sidePx,
      control: { kind: 'openpose', pose: { ...geometry, props, words } },
      reference: null,
      background: { kind: 'color', color: BACKGROUND },
    })
    return mirror ? flipped(pixels) : pixels
  })
}

/** R2 keys of what was kept of a pose's previews, as they are; a preview that is gone is drawn again. */
export const previewImageKeys = (pose: PoseRecord): Promise<string[]> =>
  Promise.all(
    PREVIEW_SIDES_PX.map(async (sidePx) => previewImageKey(await contentKeyOf(pose, { sidePx, mirror: false }))),
  )

function contentKeyOf(pose: PoseRecord, { sidePx, mirror }: PreviewOptions): Promise<string> {
  const { geometry, props } = pose
  return sha256Hex(JSON.stringify(['preview', PREVIEW_VERSION, sidePx, mirror, geometry, props, previewWords(pose)]))
}

/**
 * The 320 px preview that is shipped with the library; null when there is none of this pose, or when its
 * geometry was changed since. Mirrored it is decoded, turned round, coded anew and kept.
 */
export async function shippedPreview(
  { env }: Ctx,
  { id, revision, shippedRevision }: Pick<PoseRecord, 'id' | 'revision' | 'shippedRevision'>,
  mirror: boolean,
): Promise<Preview | null> {
  if (revision !== shippedRevision) return null
  const asset = await env.ASSETS.fetch(`https://assets.invalid/${id}.webp`)
  if (asset.status === 404) return null
  const etag = asset.headers.get('etag')
  if (!asset.ok || !asset.body || etag === null) throw fail('UNAVAILABLE')
  const { body } = asset
  if (!mirror) return { etag: etag.replace(/^W\//, ''), body: async () => body }
  return kept(env.MEDIA, await sha256Hex(JSON.stringify(['mirrored-preview', PREVIEW_VERSION, id, etag])), async () => {
    const bytes = new Uint8Array(await new Response(body).arrayBuffer())
    return flipped(await decodeWith({ jpeg: modules.jpegDecoder, webp: modules.webpDecoder }, 'webp', bytes))
  })
}

/** R2 key of a kept preview. */
const previewImageKey = (contentKey: string): string => `preview/${contentKey}.webp`

/** Requests of other isolates may draw the same at once; the put is create-only, and they drew the same bytes. */
function kept(media: R2Bucket, contentKey: string, draw: () => Promise<Pixels>): Preview {
  const key = previewImageKey(contentKey)
  return {
    etag: `"${contentKey}"`,
    async body() {
      const object = await media.get(key)
      if (object) return object.body
      return oneAtATime(
        async () => {
          // Who waited for the same picture finds it here.
          const made = await media.get(key)
          if (made) return made.body
          const bytes = await coded(await draw())
          await media.put(key, bytes, {
            httpMetadata: { contentType: 'image/webp' },
            onlyIf: { etagDoesNotMatch: '*' },
          })
          return bytes
        },
        { owner: OWNER },
      )
    },
  }
}

const coded = async (pixels: Pixels): Promise<Uint8Array<ArrayBuffer>> =>
  (await createWebpEncoder(modules.webpEncoder)).encode(pixels, QUALITY)

/** The picture with its columns in the other order. */
function flipped({ rgba, width, height }: Pixels): Pixels {
  const words = new Uint32Array(rgba.slice().buffer)
  for (let y = 0; y < height; y++) words.subarray(y * width, (y + 1) * width).reverse()
  return { rgba: new Uint8Array(words.buffer), width, height }
}
