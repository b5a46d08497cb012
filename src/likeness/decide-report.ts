import { z } from '@hono/zod-openapi'
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { auditWhen } from '../admin/record-audit'
import { type DeletionPlan, type DeletionRow, deletionStatements, familyOf, openJobs } from '../avatars/delete-avatar'
import type { Ctx } from '../ctx'
import { avatars } from '../db/tables/avatars'
import { generatedPoses, generations } from '../db/tables/generations'
import { avatarDeletions, avatarReports } from '../db/tables/likeness'
import { fail } from '../http/errors'
import { freeText } from '../http/fields'
import { ID_PREFIXES } from '../kernel/ids'
import { describeError } from '../kernel/log'
import { userObject } from '../objects'
import { eraseNow } from './erase-deletion'
import { findReported, type Reported } from './report-subject'

export const ReportDecision = z
  .strictObject({
    decision: z.enum(['upheld', 'dismissed']).openapi({ description: '`upheld` takes everything with that face down' }),
    note: freeText(3, 500).openapi({ description: 'Why; for the record, never shown to the owner' }),
  })
  .openapi('AvatarReportDecision')

export type ReportRow = typeof avatarReports.$inferSelect
export type Decided = { report: ReportRow; deletion: DeletionRow | null }

/** Tasks that are ended at the same time. */
const TASKS_AT_ONCE = 10
/** What a picture that was not made any more says. */
const TAKEN_DOWN = 'TAKEN_DOWN'

/** The deletion that an upheld report causes has the report's own number: whoever comes later finds it by that. */
const deletionIdOf = (reportId: string): string =>
  reportId.replace(ID_PREFIXES.avatarReport, ID_PREFIXES.avatarDeletion)

export const findReport = async ({ db }: Ctx, id: string): Promise<ReportRow | undefined> =>
  (await db.select().from(avatarReports).where(eq(avatarReports.id, id)))[0]

/**
 * An admin decides a report. Upheld, everything with that face goes, what is being made with it is given up and paid back, other
 * open reports of it are closed the same way, and the owner is told. Decision, audit and the rows that go are one write, so of
 * two admins one decides; the same decision again finishes what was cut short and answers the same. Throws NOT_FOUND;
 * ALREADY_DECIDED when it was decided otherwise.
 */
export async function decideReport(
  ctx: Ctx,
  adminId: string,
  id: string,
  { decision, note }: z.infer<typeof ReportDecision>,
): Promise<Decided> {
  const row = await findReport(ctx, id)
  if (!row) throw fail('NOT_FOUND')
  if (row.status !== 'open') return answerAgain(ctx, row, decision)
  const reported = decision === 'upheld' ? await stillThere(ctx, row) : null
  const plan = reported && (await planOf(ctx, row, reported))
  const jobs = plan ? await openJobs(ctx, plan) : []
  const isOpen = sql`exists (select 1 from ${avatarReports} where ${avatarReports.id} = ${id} and ${avatarReports.status} = 'open')`
  const set = { status: decision, note, decidedBy: adminId, decidedAt: ctx.now() }
  const deed = { actorId: adminId, action: `avatar_report.${decision}`, subject: id }
  const details = { subject: row.subject, avatarId: row.avatarId, reason: row.reason, note, userId: reported?.userId }
  const audit = auditWhen(ctx, isOpen, { ...deed, details })
  const decided = ctx.db
    .update(avatarReports)
    .set(set)
    .where(and(eq(avatarReports.id, id), eq(avatarReports.status, 'open')))
  if (plan)
    await ctx.db.batch([
      audit,
      ctx.db
        .update(avatarReports)
        .set({ ...set, note: `Decided with ${id}` })
        .where(
          sql`${isOpen} and ${avatarReports.status} = 'open' and ${avatarReports.id} <> ${id} and ${isAbout(plan)}`,
        ),
      ...deletionStatements(ctx, plan, isOpen),
      decided,
    ])
  else await ctx.db.batch([audit, decided])
  const now = await findReport(ctx, id)
  if (!now) throw fail('NOT_FOUND')
  if (plan && now.status === decision) await endJobs(ctx, plan.userId, jobs)
  return answerAgain(ctx, now, decision)
}

/** The report as it was decided, with its deletion, which is gone on with when it is not done. */
async function answerAgain(ctx: Ctx, report: ReportRow, decision: ReportRow['status']): Promise<Decided> {
  if (report.status !== decision) throw fail('ALREADY_DECIDED', { status: report.status })
  const isOfIt = eq(avatarDeletions.id, deletionIdOf(report.id))
  const [deletion] = await ctx.db.select().from(avatarDeletions).where(isOfIt)
  if (!deletion) return { report, deletion: null }
  return { report, deletion: deletion.endedAt === null ? await eraseNow(ctx, deletion) : deletion }
}

/** The avatar, or what is left of it: the reported picture alone when the avatar was deleted meanwhile. */
const stillThere = async (ctx: Ctx, { avatarId, subject }: ReportRow): Promise<Reported | null> =>
  (await findReported(ctx, subject)) ?? (avatarId === null ? null : findReported(ctx, avatarId))

/** All that has this face: the avatar's whole family, the shoot that the picture is from, and the photo that it was shot with. */
async function planOf(ctx: Ctx, report: ReportRow, reported: Reported): Promise<DeletionPlan> {
  const { userId, imageId, generationId } = reported
  const named = reported.avatarId ?? report.avatarId
  const uploadId = named === null ? await photoOf(ctx, reported) : null
  const avatarId = named ?? (uploadId === null ? null : await anAvatarOf(ctx, uploadId))
  return {
    ...{ id: deletionIdOf(report.id), userId, subject: named ?? imageId ?? report.subject, reason: 'takedown' },
    avatarIds: avatarId === null ? [] : await familyOf(ctx, userId, avatarId, 'everybody'),
    pictures: true,
    ...(generationId !== null && { generationIds: [generationId] }),
    ...(uploadId !== null && { uploadIds: [uploadId] }),
  }
}

/** The photo itself, or the one that a project lent to the shoot: only the shoot's job knows which it was. */
async function photoOf(ctx: Ctx, { userId, generationId, uploadId }: Reported): Promise<string | null> {
  if (uploadId !== undefined || generationId === null) return uploadId ?? null
  return (await userObject(ctx.env, userId).jobParams(generationId))?.avatarUploadId ?? null
}

async function anAvatarOf({ db }: Ctx, uploadId: string): Promise<string | null> {
  const [row] = await db.select({ id: avatars.id }).from(avatars).where(eq(avatars.uploadId, uploadId)).limit(1)
  return row?.id ?? null
}

function isAbout({ avatarIds, generationIds = [] }: DeletionPlan): SQL {
  const ids = sql`(select value from json_each(${JSON.stringify(avatarIds)}))`
  const shoots = sql`(select value from json_each(${JSON.stringify(generationIds)}))`
  const pictures = sql`(select ${generatedPoses.id} from ${generatedPoses} where ${generatedPoses.generationId} in
    (select ${generations.id} from ${generations} where ${generations.avatarId} in ${ids} union all select value from ${shoots}))`
  return sql`(${avatarReports.avatarId} in ${ids} or ${avatarReports.subject} in ${ids} or ${avatarReports.subject} in ${pictures})`
}

/**
 * Gives up what is still to be made, whoever works on it; the credits return at once. One that cannot be reached fails by itself:
 * its avatar is gone.
 */
async function endJobs(ctx: Ctx, userId: string, jobIds: string[]): Promise<void> {
  for (const jobId of jobIds) {
    try {
      const total = (await userObject(ctx.env, userId).job(jobId))?.total ?? 0
      for (let from = 0; from < total; from += TASKS_AT_ONCE) {
        const positions = Array.from({ length: Math.min(TASKS_AT_ONCE, total - from) }, (_, at) => from + at)
        await Promise.all(
          positions.map((position) => userObject(ctx.env, userId).failTask({ jobId, position }, TAKEN_DOWN)),
        )
      }
    } catch (error) {
      ctx.log('warn', 'takedown_job_not_ended', { jobId, error: describeError(error) })
    }
  }
}
