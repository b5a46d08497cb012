import type { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import type { Language } from '../../http/errors'
import { type PoseRow, toPoseCard } from '../pose-card'
import type { OwnPoseCard } from './fields'
import { signOwnPicture } from './sign-picture'

/** The card of an own pose, with links that only its owner is given. */
export async function toOwnCard(ctx: Ctx, row: PoseRow, language: Language): Promise<z.infer<typeof OwnPoseCard>> {
  const link = (show: 'preview' | 'preview-large' | 'control') =>
    signOwnPicture(ctx.config.MEDIA_SIGNING_SECRET, row.id, show, ctx.now())
  return {
    ...toPoseCard(row, language),
    previewUrl: await link('preview'),
    previewLargeUrl: await link('preview-large'),
    controlUrl: await link('control'),
    source: row.source === 'draft' ? 'draft' : 'import',
    createdAt: new Date(row.addedAt).toISOString(),
  }
}
