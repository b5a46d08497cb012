import type { z } from '@hono/zod-openapi'
import type { Ctx } from '../ctx'
import type { OpenPoseIssue } from '../poses/openpose/format'
import { MAX_TRIES } from './create-pose'
import { insertPoses } from './insert-poses'
import { idOf, judgePose, readKnown, type Verdict } from './judge-pose'
import { libraryVersion } from './library-version'
import { PoseBody } from './pose-fields'

export const MAX_IMPORTED_POSES = 200
/** A drawn pose asks the index twice, and D1 answers 1,000 queries of a request. */
const MAX_DRAWN_POSES = 100
/** Written as one batch, of about 100 KB. */
const CHUNK = 20
const MAX_ISSUES = 10

type Item = Record<string, unknown>
type Judged = Verdict | { status: 'busy'; id: string }

/** What became of an item. `issues` and `differs` name fields, `poseId` the pose that it repeats. */
type ItemReport = {
  index: number
  id: string | null
  status: 'created' | 'unchanged' | 'exists' | 'duplicate' | 'invalid' | 'busy'
  poseId?: string
  distance?: number
  mirrored?: boolean
  differs?: string[]
  issues?: OpenPoseIssue[]
}

/**
 * Adds what is new and good of `items`, each in the shape of one new pose, and says of each what became of it. What is there
 * already is left as it is. With `dryRun` nothing is written; the report is the one that a real run would give.
 */
export async function importPoses(ctx: Ctx, actorId: string, items: readonly Item[], dryRun: boolean) {
  const reports: ItemReport[] = []
  const bodies: { index: number; body: PoseBody }[] = []
  let drawn = 0
  for (const [index, item] of items.entries()) {
    const parsed = PoseBody.safeParse(item)
    if (!parsed.success) reports.push(invalidReport(index, item, parsed.error))
    else if (parsed.data.openpose !== undefined && ++drawn > MAX_DRAWN_POSES)
      reports.push({
        ...{ index, id: idOf(parsed.data), status: 'invalid' },
        issues: [{ field: 'openpose', rule: `at most ${MAX_DRAWN_POSES} poses of an import may be OpenPose` }],
      })
    else bodies.push({ index, body: parsed.data })
  }
  const accepted = new Map<string, Int8Array>()
  for (let start = 0; start < bodies.length; start += CHUNK) {
    const chunk = bodies.slice(start, start + CHUNK)
    const judged = await takeIn(
      ctx,
      actorId,
      chunk.map(({ body }) => body),
      accepted,
      dryRun,
    )
    reports.push(...judged.map((verdict, i) => reportOf(chunk[i]?.index ?? 0, verdict)))
  }
  return reports.sort((a, b) => a.index - b.index)
}

/** Judges and writes one batch; again when the library changed meanwhile. Adds to `accepted` what came in. */
async function takeIn(
  ctx: Ctx,
  actorId: string,
  bodies: readonly PoseBody[],
  accepted: Map<string, Int8Array>,
  dryRun: boolean,
): Promise<Judged[]> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const version = await libraryVersion(ctx.db)
    const known = await readKnown(ctx.db, bodies.map(idOf))
    const shapes = new Map(accepted)
    const verdicts: Verdict[] = []
    for (const body of bodies) {
      const verdict = await judgePose(ctx.db, body, { ...known, accepted: shapes })
      if (verdict.status === 'ready') shapes.set(verdict.pose.id, verdict.shape)
      verdicts.push(verdict)
    }
    const ready = verdicts.flatMap((verdict) => (verdict.status === 'ready' ? [verdict.pose] : []))
    if (!dryRun && ready.length > 0 && !(await insertPoses(ctx, actorId, ready, version))) continue
    for (const [id, shape] of shapes) accepted.set(id, shape)
    return verdicts
  }
  return bodies.map((body) => ({ status: 'busy', id: idOf(body) }))
}

function reportOf(index: number, verdict: Judged): ItemReport {
  switch (verdict.status) {
    case 'ready':
      return { index, id: verdict.pose.id, status: 'created' }
    case 'duplicate':
      return { index, id: verdict.id, status: 'duplicate', ...verdict.near }
    case 'invalid':
      return { index, id: verdict.id, status: 'invalid', issues: verdict.issues.slice(0, MAX_ISSUES) }
    default:
      return { index, ...verdict }
  }
}

const MAX_FIELD_CHARACTERS = 100

function invalidReport(index: number, item: Item, error: z.ZodError): ItemReport {
  // The client's own words: cut, as they may be as long as the body.
  const id = typeof item.id === 'string' ? item.id.slice(0, MAX_FIELD_CHARACTERS) : null
  const issues = error.issues.slice(0, MAX_ISSUES).flatMap((issue) => {
    const paths = issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...issue.path, key]) : [issue.path]
    const rule = issue.code === 'unrecognized_keys' ? 'there is no such field' : issue.message
    return paths.map((path) => ({ field: path.join('.').slice(0, MAX_FIELD_CHARACTERS) || 'pose', rule }))
  })
  return { index, id, status: 'invalid', issues: issues.slice(0, MAX_ISSUES) }
}
