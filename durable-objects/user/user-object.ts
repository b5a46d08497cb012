import { DurableObject } from 'cloudflare:workers'
import type { CreditsView, Entry, Memo, PlanView, QuoteView, Verification } from '../../src/credits/types'
import type { DraftPose, JobParams, JobView, JobWork, PictureSize, TaskPlan } from '../../src/generations/types'
import { assert } from '../../src/kernel/assert'
import { backoffSeconds } from '../../src/kernel/backoff'
import { sha256Hex } from '../../src/kernel/hash'
import { MAX_BINDING_QUOTES } from '../../src/kernel/limits'
import { describeError, makeLog } from '../../src/kernel/log'
import type { EventData, EventType, LiveEvent } from '../../src/progress/events'
import { type AdjustAnswer, type AdjustAsk, adjust, type RefundAnswer, refundJob } from './adjustments'
import { type RequestNews, tellOfRequest, tellOnce } from './announcements'
import { cancelJob } from './cancel'
import { nextDue } from './due'
import { entriesAfter, entriesBefore, lastBalances } from './entries'
import { appendEvent, eventsAfter, latestSeq, trimEvents } from './events'
import { findReplay, type IdempotencyAsk, keepAnswer, trimAnswers } from './idempotency'
import {
  areDelivered,
  failedTasks,
  findJob,
  hasOpenJobs,
  jobTasks,
  paramsOf,
  taskStates,
  unmadeTasks,
  viewJob,
  workOf,
} from './jobs'
import { assertBooks, expireDue, grant } from './ledger'
import { Live, offeredTicket } from './live'
import { mirroredSeq } from './outbox'
import { Outgoing } from './outgoing'
import { ownerOf } from './owner'
import { cancelPlan, startFreePlan, viewPlans } from './plans'
import { beginCheck, type CheckTurn, type ConvergeAnswer, type ConvergeAsk, converge, endCheck } from './purchases'
import { giveUp, promote, redrive } from './queueing'
import { unlimitedView } from './quota'
import { bindingQuotes, makeQuote, type QuoteAsk } from './quotes'
import { migrate } from './schema'
import * as sessions from './sessions'
import { closeQuietly } from './sockets'
import { type StartAnswer, type StartAsk, start } from './start'
import { type StatementAsk, type StatementHead, statementHead } from './statement'
import type { FinishAnswer } from './task-end'
import type { TaskKey } from './task-rows'
import { type Claim, type ClaimOptions, claim, failTask, finish, forgetRun, keepRun, type Outcome } from './tasks'
import { keepTicket, takeTicket } from './tickets'
import { type Usage, usage } from './usage'
import { verify } from './verify'
import { makeWaiters, type WaitAnswer } from './waiters'

/** Events of one page; a client asks again from the last it got. */
const MAX_EVENTS = 1_000

export type RememberAnswer =
  | { ok: true; replayed: boolean; answer: string }
  | { ok: false; code: 'SESSION_REVOKED' | 'IDEMPOTENCY_KEY_REUSED' }

export type PlanAnswer = { ok: true; plans: PlanView[] } | { ok: false; code: 'SESSION_REVOKED' | 'NO_PLAN' }

export type QuoteAnswer = { ok: true; quote: QuoteView } | { ok: false; code: 'SESSION_REVOKED' | 'TOO_MANY_QUOTES' }

/**
 * Everything of one user that must happen one at a time. The class is the platform's side only: each command is a pure
 * function over (sql, now) in a file of its own, run here in one transaction, after which the books are checked, the
 * new events go to the sockets, the queue gets what the window has room for, and the alarm is set from the rows.
 */
export class UserObject extends DurableObject<Env> {
  readonly #sql: SqlStorage
  readonly #log = makeLog({ object: 'user' })
  readonly #live: Live
  readonly #outgoing: Outgoing
  readonly #waiters = makeWaiters()
  #armedAt: number | null = null
  /** After alarms that threw, so that a broken object does not ring without pause. Lost on eviction: then one comes early. */
  #alarmNotBefore = 0
  #brokenAlarms = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#sql = ctx.storage.sql
    migrate(ctx.storage)
    this.#live = new Live(ctx)
    this.#outgoing = new Outgoing(ctx.storage, () => this.env, this.#log)
    // A fired alarm is used up: an object that died in its handler is armed again by whatever wakes it next.
    ctx.blockConcurrencyWhile(async () => {
      this.#armedAt = await ctx.storage.getAlarm()
      this.#arm()
    })
  }

  /** Makes the object this user's, with the welcome credits. Idempotent: every login calls it. */
  open(ask: { userId: string; welcomeCredits: number }): void {
    this.#command((sql, now) => {
      const owner = ownerOf(sql)
      assert(!owner || owner === ask.userId, 'an object belongs to one user')
      if (!owner) sql.exec('INSERT INTO owner(user_id, opened_at) VALUES (?, ?)', ask.userId, now)
      if (ask.welcomeCredits > 0)
        grant(
          sql,
          { key: 'welcome', source: 'welcome', category: 'promo', credits: ask.welcomeCredits, expiresAt: null },
          now,
        )
    })
  }

  openSession(ask: sessions.SessionAsk): sessions.SessionView {
    const session = this.#command((sql, now) => sessions.openSession(sql, ask, now))
    this.#live.closeDead()
    return session
  }

  rotateSession(ask: sessions.RotationAsk): sessions.RotationAnswer {
    const answer = this.#command((sql, now) => sessions.rotateSession(sql, ask, now))
    this.#live.closeDead()
    return answer
  }

  revokeSession(id: string): boolean {
    const revoked = this.#command((sql, now) => sessions.revokeSession(sql, id, now))
    this.#live.closeDead()
    return revoked
  }

  revokeOtherSessions(keepId: string | null): string[] {
    const revoked = this.#command((sql, now) => sessions.revokeOtherSessions(sql, keepId, now))
    this.#live.closeDead()
    return revoked
  }

  listSessions(): sessions.SessionView[] {
    return sessions.listSessions(this.#sql, Date.now())
  }

  isSessionAlive(id: string): boolean {
    return sessions.isSessionAlive(this.#sql, id, Date.now())
  }

  beginCheck(paymentId: string, leaseMs: number): CheckTurn {
    return this.#command((sql, now) => beginCheck(sql, paymentId, leaseMs, now))
  }

  endCheck(paymentId: string, checkNo: number): void {
    this.#command((sql) => endCheck(sql, paymentId, checkNo))
  }

  /** Brings the ledger and the plan to what an order should have given; see purchases.ts. */
  converge(ask: ConvergeAsk): ConvergeAnswer {
    return this.#command((sql, now) => {
      expireDue(sql, now)
      return converge(sql, ask, now)
    })
  }

  plans(): PlanView[] {
    return viewPlans(this.#sql, Date.now())
  }

  startFreePlan(ask: { productId: string; dailyQuota: number; sessionId: string }): PlanAnswer {
    return this.#command((sql, now) => {
      if (!sessions.isSessionAlive(sql, ask.sessionId, now)) return { ok: false, code: 'SESSION_REVOKED' }
      startFreePlan(sql, ask, now)
      appendEvent(sql, 'subscription_changed', null, { productId: ask.productId }, now)
      return { ok: true, plans: viewPlans(sql, now) }
    })
  }

  cancelPlan(ask: { productId: string; sessionId: string }): PlanAnswer {
    return this.#command((sql, now) => {
      if (!sessions.isSessionAlive(sql, ask.sessionId, now)) return { ok: false, code: 'SESSION_REVOKED' }
      if (!cancelPlan(sql, ask.productId, now)) return { ok: false, code: 'NO_PLAN' }
      appendEvent(sql, 'subscription_changed', null, { productId: ask.productId }, now)
      return { ok: true, plans: viewPlans(sql, now) }
    })
  }

  /** What became of a pose request, once; see announcements.ts. */
  tellOfRequest(news: RequestNews): boolean {
    return this.#command((sql, now) => tellOfRequest(sql, news, now))
  }

  /** An event of any slice, told once under the teller's key; see announcements.ts. */
  tellOnce(key: string, type: EventType, data: EventData): boolean {
    return this.#command((sql, now) => tellOnce(sql, key, type, data, now))
  }

  quote(ask: QuoteAsk & { sessionId: string }): QuoteAnswer {
    return this.#command((sql, now) => {
      if (!sessions.isSessionAlive(sql, ask.sessionId, now)) return { ok: false, code: 'SESSION_REVOKED' }
      if (bindingQuotes(sql, now) >= MAX_BINDING_QUOTES) return { ok: false, code: 'TOO_MANY_QUOTES' }
      return { ok: true, quote: makeQuote(sql, ask, now) }
    })
  }

  /** An admin's change of the balance, once per key. */
  adjust(ask: AdjustAsk): AdjustAnswer {
    return this.#command((sql, now) => adjust(sql, ask, now))
  }

  /** An admin gives back what a job was charged, once per key and never more than that. */
  refund(ask: { key: string; jobId: string; credits: number; memo: Memo }): RefundAnswer {
    return this.#command((sql, now) => refundJob(sql, ask, now))
  }

  statement(ask: StatementAsk): StatementHead {
    return statementHead(this.#sql, ask)
  }

  /** What was charged, for the dashboard; see usage.ts. */
  usage(): Usage {
    return usage(this.#sql, Date.now())
  }

  /** How far D1 has the ledger, by what this object knows: it may be further, never less far. */
  mirroredSeq(): number {
    return mirroredSeq(this.#sql)
  }

  /** Entries after `afterSeq` and up to `lastSeq`, oldest first. */
  entriesUpTo(afterSeq: number, lastSeq: number, limit: number): Entry[] {
    return entriesAfter(this.#sql, afterSeq, limit, lastSeq)
  }

  verify(): Verification {
    return verify(this.#sql, Date.now())
  }

  credits(): CreditsView {
    return this.#command((sql, now) => {
      expireDue(sql, now)
      return this.#credits(now)
    })
  }

  #credits(now: number): CreditsView {
    const sql = this.#sql
    return { ...lastBalances(sql), unlimited: unlimitedView(sql, now) }
  }

  /** Ledger entries older than `before`, newest first. */
  entries(before: number, limit: number): Entry[] {
    return entriesBefore(this.#sql, before, limit)
  }

  start(ask: StartAsk): StartAnswer {
    return this.#command((sql, now) => start(sql, ask, now))
  }

  claim(key: TaskKey, leaseMs: number, options?: ClaimOptions): Claim {
    return this.#command((sql, now) => claim(sql, key, leaseMs, now, options))
  }

  /** Before the first poll, so that a crash goes on asking for what was begun. False: nobody wants it any more. */
  keepRun(key: TaskKey, attempt: number, run: string): boolean {
    return this.#command((sql) => keepRun(sql, key, attempt, run))
  }

  forgetRun(key: TaskKey): void {
    this.#command((sql) => forgetRun(sql, key))
  }

  finish(key: TaskKey, attempt: number, outcome: Outcome): FinishAnswer {
    return this.#command((sql, now) => finish(sql, key, attempt, outcome, now))
  }

  failTask(key: TaskKey, code: string): FinishAnswer {
    return this.#command((sql, now) => failTask(sql, key, code, now))
  }

  /** Cancels, for a caller whose session is alive. */
  cancel(
    jobId: string,
    sessionId: string,
  ): { code: 'cancelled' | 'ended' | 'unknown' | 'revoked'; job: JobView | null } {
    return this.#command((sql, now) => {
      if (!sessions.isSessionAlive(sql, sessionId, now)) return { code: 'revoked', job: null }
      const code = cancelJob(sql, jobId, now)
      const job = findJob(sql, jobId)
      return { code, job: job ? viewJob(sql, job, now) : null }
    })
  }

  job(id: string): JobView | null {
    const job = findJob(this.#sql, id)
    return job ? viewJob(this.#sql, job, Date.now()) : null
  }

  areDelivered(places: [string, number][]): boolean[] {
    return areDelivered(this.#sql, places)
  }

  /** Of each [job, position]: the state of its task; null for none. */
  taskStates(places: [string, number][]): (string | null)[] {
    return taskStates(this.#sql, places)
  }

  /** A job that works on pictures which are there: how it goes, what it is about, and each of its pictures. */
  pictureWork(id: string): { job: JobView; work: JobWork; tasks: ReturnType<typeof jobTasks> } | null {
    const job = findJob(this.#sql, id)
    if (!job || job.app === 'pose-generator') return null
    return { job: viewJob(this.#sql, job, Date.now()), work: workOf(job), tasks: jobTasks(this.#sql, id) }
  }

  /** Answers when the job has ended, or after `ms`, whichever is first; see waiters.ts. */
  waitForEnd(jobId: string, ms: number): Promise<WaitAnswer> {
    return this.#waiters.wait(this.#sql, jobId, ms)
  }

  /** What a retry needs: the job, what all its pictures share, and those that failed. */
  failedPictures(id: string): { job: JobView; params: string; tasks: TaskPlan[] } | null {
    const job = findJob(this.#sql, id)
    if (!job) return null
    return { job: viewJob(this.#sql, job, Date.now()), params: job.params, tasks: failedTasks(this.#sql, id) }
  }

  /** What all pictures of a job share, but for its drafts: they are large. */
  jobParams(id: string): Omit<JobParams, 'drafts'> | null {
    const job = findJob(this.#sql, id)
    if (!job) return null
    const work = paramsOf(job)
    if (!work) return null
    const { drafts: _, ...params } = work
    return params
  }

  /** The poses of a job that words described; none for an unknown job. */
  jobDrafts(id: string): DraftPose[] {
    const job = findJob(this.#sql, id)
    return (job && paramsOf(job)?.drafts) ?? []
  }

  /** Failed and cancelled pictures, which have no row in D1. */
  unmadePictures(id: string): { size: PictureSize; tasks: ReturnType<typeof unmadeTasks> } | null {
    const job = findJob(this.#sql, id)
    if (!job) return null
    const params = paramsOf(job)
    if (!params) return null
    const { widthPx, heightPx } = params
    return { size: { widthPx, heightPx }, tasks: unmadeTasks(this.#sql, id) }
  }

  /** The first answer given under this key: `answer` now, or what an earlier call with the same key left. */
  remember(ask: IdempotencyAsk, answer: string, sessionId: string): RememberAnswer {
    return this.#command((sql, now) => {
      if (!sessions.isSessionAlive(sql, sessionId, now)) return { ok: false, code: 'SESSION_REVOKED' }
      const replay = findReplay(sql, ask)
      if (replay.known && !replay.same) return { ok: false, code: 'IDEMPOTENCY_KEY_REUSED' }
      if (replay.known) return { ok: true, replayed: true, answer: replay.answer }
      keepAnswer(sql, ask, answer, now)
      return { ok: true, replayed: false, answer }
    })
  }

  hasOpenJobs(projectId: string): boolean {
    return hasOpenJobs(this.#sql, projectId)
  }

  /** A page of the event log after `seq`; null when it was trimmed there. */
  events(after: number, limit: number): { events: LiveEvent[] | null; latest: number } {
    return { events: eventsAfter(this.#sql, after, Math.min(limit, MAX_EVENTS)), latest: latestSeq(this.#sql) }
  }

  keepTicket(hash: string, sessionId: string): boolean {
    return this.#command((sql, now) => {
      const alive = sessions.isSessionAlive(sql, sessionId, now)
      if (alive) keepTicket(sql, hash, sessionId, now)
      return alive
    })
  }

  /** The live socket. The Worker has checked Origin; the ticket is spent here. */
  override async fetch(request: Request): Promise<Response> {
    const ticket = offeredTicket(request)
    if (!ticket) return new Response(null, { status: 400 })
    const hash = await sha256Hex(ticket)
    const sessionId = this.#command((sql, now) => {
      const id = takeTicket(sql, hash, now)
      return id && sessions.isSessionAlive(sql, id, now) ? id : null
    })
    return sessionId ? this.#live.open(sessionId) : new Response(null, { status: 401 })
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#live.hear(socket, message)
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    closeQuietly(socket, code === 1005 || code === 1006 ? 1000 : code, 'bye')
  }

  /** Does what is due: expiries, lost messages, dead leases, hopeless jobs, projections, trimming. */
  override async alarm(): Promise<void> {
    // What is due now is being done: arming for it would ring once more for nothing. The end arms for the rest.
    this.#armedAt = 0
    try {
      const sendings = this.#command((sql, now) => {
        expireDue(sql, now)
        giveUp(sql, now)
        trimEvents(sql, now)
        trimAnswers(sql, now)
        return redrive(sql, now)
      })
      await this.#outgoing.send(sendings)
      if (this.#outgoing.notBefore <= Date.now()) await this.#outgoing.drain()
      this.#brokenAlarms = 0
    } catch (error) {
      // Most likely the books do not agree: nothing was changed, and a person must look.
      this.#brokenAlarms++
      this.#alarmNotBefore = Date.now() + 1_000 * backoffSeconds(this.#brokenAlarms, 5, 3_600)
      this.#log('error', 'alarm_failed', { userId: ownerOf(this.#sql), error: describeError(error) })
    } finally {
      this.#armedAt = null
      this.#arm()
    }
  }

  /** One command: one transaction, then what follows from it. No await between a check and its write. */
  #command<T>(work: (sql: SqlStorage, now: number) => T): T {
    const now = Date.now()
    const { answer, sendings } = this.ctx.storage.transactionSync(() => {
      const answer = work(this.#sql, now)
      const sendings = promote(this.#sql, now)
      assertBooks(this.#sql)
      return { answer, sendings }
    })
    this.#live.broadcast()
    this.#waiters.wake(this.#sql)
    const drainDue = this.#outgoing.isDue(now)
    if (drainDue || sendings.length > 0)
      this.ctx.waitUntil(
        (drainDue ? this.#outgoing.drain() : Promise.resolve()).then(() => this.#outgoing.send(sendings)),
      )
    this.#arm()
    return answer
  }

  /** Sets the alarm to what is due next, unless it rings earlier anyway. */
  #arm(): void {
    const next = nextDue(this.#sql, this.#outgoing.notBefore)
    const due = next === null ? null : Math.max(next, this.#alarmNotBefore)
    if (due === null || (this.#armedAt !== null && this.#armedAt <= due)) return
    this.#armedAt = due
    void this.ctx.storage.setAlarm(due)
  }
}
