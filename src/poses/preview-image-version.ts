import type { poses } from '../db/tables/poses'
import { hashOf } from '../render/mannequin/hash'

/** Raise it when the drawing of previews changes: the address changes with it, and no picture from before is shown. */
export const PREVIEW_VERSION = 1

type Shown = Pick<typeof poses.$inferSelect, 'revision' | 'nameEn' | 'promptHint' | 'tagsEn' | 'props'>

/** What the renderer may guess from: the words that a picture of this pose is made with. */
export const previewWords = ({ nameEn, promptHint, tagsEn }: Omit<Shown, 'revision' | 'props'>): string =>
  [nameEn, promptHint, ...tagsEn].join(' ')

/** The `v` of a drawn preview's address, which may be kept for ever: another pose, other words or another drawing have another. */
export const previewVersion = (pose: Shown): string =>
  `${pose.revision}-${PREVIEW_VERSION}-${hashOf(JSON.stringify([previewWords(pose), pose.props]), 0).toString(36)}`
