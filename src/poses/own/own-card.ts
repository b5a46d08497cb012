import type { z } from '@hono/zod-openapi'
import type { Ctx } from '../../ctx'
import type { Language } from '../../http/errors'
import { toVisibleCard } from '../people/visible-card'
import type { PoseRow } from '../pose-card'
import type { OwnPoseCard } from './fields'

/** The card of an own pose, with links that only its owner is given. */
export async function toOwnCard(ctx: Ctx, row: PoseRow, language: Language): Promise<z.infer<typeof OwnPoseCard>> {
  return {
    ...(await toVisibleCard(ctx, row, language, false)),
    source: row.source === 'draft' ? 'draft' : 'import',
    createdAt: new Date(row.addedAt).toISOString(),
  }
}
