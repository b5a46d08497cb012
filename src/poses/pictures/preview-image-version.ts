import type { poses } from '../../db/tables/poses'
import { hashOf } from '../../render/mannequin/hash'

/** Raise it when the drawing of previews changes: the address changes with it, and no picture from before is shown. */
export const PREVIEW_VERSION = 1

type Shown = Pick<typeof poses.$inferSelect, 'revision' | 'nameEn' | 'promptHint' | 'tagsEn' | 'props' | 'ownerId'>

/**
 * What the renderer may guess from: the words that a picture of this pose is made with. Of an own pose only what its owner
 * cannot change: every other name would draw, and keep, another picture.
 */
export const previewWords = ({ nameEn, promptHint, tagsEn, ownerId }: Omit<Shown, 'revision' | 'props'>): string =>
  ownerId === null ? [nameEn, promptHint, ...tagsEn].join(' ') : promptHint

/** The `v` of a drawn preview's address, which may be kept for ever: another pose, other words or another drawing have another. */
export const previewVersion = (pose: Shown): string =>
  `${pose.revision}-${PREVIEW_VERSION}-${hashOf(JSON.stringify([previewWords(pose), pose.props]), 0).toString(36)}`
