import type { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import type { Language } from '../../http/errors'
import { signOwnPicture } from '../own/sign-picture'
import { cardColumns, PoseCard, type PoseRow, toPoseCard } from '../pose-card'
import { isFavoriteOf } from './favorites'

/** A pose in a list that has library poses and the caller's own (`isMine`) side by side. */
export const VisibleCard = PoseCard

/** The columns that such a card is made from, and whether it is one of this person's favourites. */
export const visibleColumns = (userId: string) => ({ ...cardColumns, isFavorite: isFavoriteOf(userId) })

type VisibleRow = Pick<PoseRow, keyof typeof cardColumns>

/**
 * The card of a row; the caller has made sure that an own pose is shown to its owner only. The library's links answer 404
 * for own poses: theirs are signed and live at most 15 minutes.
 */
export async function toVisibleCard(
  ctx: Ctx,
  row: VisibleRow,
  language: Language,
  isFavorite: boolean | null = null,
): Promise<z.infer<typeof VisibleCard>> {
  const card = toPoseCard(row, language, isFavorite)
  if (!card.isMine) return card
  const link = (show: 'preview' | 'preview-large' | 'control') =>
    signOwnPicture(ctx.config.MEDIA_SIGNING_SECRET, row.id, show, ctx.now())
  const [previewUrl, previewLargeUrl, controlUrl] = await Promise.all([
    link('preview'),
    link('preview-large'),
    link('control'),
  ])
  return { ...card, previewUrl, previewLargeUrl, controlUrl }
}
