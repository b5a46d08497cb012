import { takeDrawing } from '../../auth/attempts'
import type { Ctx } from '../../ctx'
import { oneAtATime } from '../../exports/one-at-a-time'
import { sha256Hex } from '../../kernel/hash'
import { drawMannequin } from '../../providers/draw-mannequin'
import { createImageKernel } from '../../render/image/kernel'
import { RENDERER_VERSION } from '../../render/mannequin/renderer'
import { modules } from '../../render/modules'
import { attributesOf } from '../fields'
import type { PresetRow } from './load-presets'
import { framed } from './preset-pose'

/** Raise it when the drawing of these pictures changes: their addresses change with it. */
const PICTURE_VERSION = 1

/** The face, head and shoulders, and the whole body. */
export const PICTURE_SIZES = {
  thumbnail: { widthPx: 320, heightPx: 320, nearer: 3.6, middleY: 0.14 },
  portrait: { widthPx: 512, heightPx: 640, nearer: 2.9, middleY: 0.215 },
  full: { widthPx: 640, heightPx: 960, nearer: 1.42, middleY: 0.485 },
} as const
export type PictureSize = keyof typeof PICTURE_SIZES

const QUALITY = 85
/** All who look at presets share one place in the line of those who work with pictures. */
const OWNER = 'presets'

type Drawn = Pick<PresetRow, 'id' | 'revision' | 'words' | 'seed'> & Parameters<typeof attributesOf>[0]

/** The `v` of a picture's address, which may be kept for ever: other looks or another drawing have another. */
export const pictureVersion = ({ revision }: Pick<Drawn, 'revision'>): string =>
  `${revision}-${PICTURE_VERSION}-${RENDERER_VERSION}`

type PresetPicture = {
  /** Strong, with its quotes. */
  etag: string
  /**
   * JPEG. Called at most once; draws what is not kept yet. Throws RATE_LIMITED when this address had too much drawn, and
   * UNAVAILABLE when too many wait for a drawing.
   */
  body: () => Promise<ReadableStream | Uint8Array<ArrayBuffer>>
}

/**
 * A preset as the built-in renderer draws it: the person that a picture made from it shows offline. Kept in R2 under what
 * it shows, so that it is drawn once; `clientAddress` is who pays for the drawing with a place in the limit.
 */
export async function presetPicture(
  ctx: Ctx,
  preset: Drawn,
  size: PictureSize,
  clientAddress: string | undefined,
): Promise<PresetPicture> {
  const contentKey = await contentKeyOf(preset, size)
  const key = `presets/${preset.id}/${contentKey}.jpg`
  const media = ctx.env.MEDIA
  return {
    etag: `"${contentKey}"`,
    async body() {
      const kept = await media.get(key)
      if (kept) return kept.body
      await takeDrawing(ctx, clientAddress)
      return oneAtATime(
        async () => {
          // Who waited for the same picture finds it here.
          const made = await media.get(key)
          if (made) return made.body
          const bytes = draw(preset, size)
          // Another isolate may draw the same at once: the first one stays, and both drew the same bytes.
          await media.put(key, bytes, {
            httpMetadata: { contentType: 'image/jpeg' },
            onlyIf: { etagDoesNotMatch: '*' },
          })
          return bytes
        },
        { owner: OWNER },
      )
    },
  }
}

const contentKeyOf = (preset: Drawn, size: PictureSize): Promise<string> =>
  sha256Hex(
    JSON.stringify([
      ...['preset', PICTURE_VERSION, RENDERER_VERSION, size],
      ...[attributesOf(preset), preset.words, preset.seed, framed(PICTURE_SIZES[size])],
    ]),
  )

function draw(preset: Drawn, size: PictureSize): Uint8Array<ArrayBuffer> {
  const { widthPx: width, heightPx: height, ...framing } = PICTURE_SIZES[size]
  const { id, words, seed } = preset
  const { pixels } = drawMannequin(modules.mannequin, {
    jobId: 'preset',
    prompt: '',
    subject: { key: id, words, attributes: attributesOf(preset), seed },
    ...{ seed, width, height },
    control: { kind: 'openpose', pose: framed(framing) },
    reference: null,
    background: { kind: 'studio' },
  })
  return createImageKernel(modules.image).encodeJpeg(pixels.rgba, width, height, { quality: QUALITY })
}
