import type { Ctx } from '../ctx'
import { insertPoses } from './insert-poses'
import { idOf, judgePose, readKnown, type Verdict } from './judge-pose'
import { libraryVersion } from './library-version'
import type { PoseBody } from './pose-fields'

/** How often a batch is tried again because the library changed while it was judged. */
export const MAX_TRIES = 4

/** `busy`: the library changed each time between the look and the write. */
export type Created = { status: 'created'; id: string } | { status: 'busy' } | Exclude<Verdict, { status: 'ready' }>

/** Adds one pose to the library, hidden unless it says `publish`; on record as done by `actorId`. */
export async function createPose(ctx: Ctx, actorId: string, body: PoseBody): Promise<Created> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const version = await libraryVersion(ctx.db)
    const known = await readKnown(ctx.db, [idOf(body)])
    const verdict = await judgePose(ctx.db, body, { ...known, accepted: new Map() })
    if (verdict.status !== 'ready') return verdict
    if (await insertPoses(ctx, actorId, [verdict.pose], version)) return { status: 'created', id: verdict.pose.id }
  }
  return { status: 'busy' }
}
