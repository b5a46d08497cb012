import type { DraftPose } from '../../generations/types'
import { drawMannequin } from '../../providers/draw-mannequin'
import { toBase64 } from '../../providers/http'
import { createImageKernel, type ImageKernel } from '../../render/image/kernel'
import { modules } from '../../render/modules'

/** Drawing time grows with the area: at this side four take less than a second on one core. */
const PREVIEW_SIDE_PX = 384

const BACKGROUND = '#CDD3DC'

let kernel: ImageKernel | undefined

/** A draft drawn by the embedded renderer, as a data URL of a PNG. The same draft and words give the same picture. */
export function draftPreview({ geometry, props, words }: DraftPose, text: string): string {
  kernel ??= createImageKernel(modules.image)
  const { pixels } = drawMannequin(modules.mannequin, {
    jobId: 'draft',
    prompt: '',
    subject: { key: 'draft', words: text },
    seed: 0,
    width: PREVIEW_SIDE_PX,
    height: PREVIEW_SIDE_PX,
    control: { kind: 'openpose', pose: { ...geometry, props, words } },
    reference: null,
    // One colour: a third of the bytes of a lit studio, and four previews go into one answer.
    background: { kind: 'color', color: BACKGROUND },
  })
  return `data:image/png;base64,${toBase64(kernel.encodePng(pixels.rgba, pixels.width, pixels.height))}`
}
