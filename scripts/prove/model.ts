import {
  type Answer,
  BACKGROUND_CREDITS,
  type Call,
  type Calls,
  FREE_PLAN,
  POSE_CREDITS,
  productOf,
  requestPrint,
  type StartCall,
  type TaskName,
} from './calls'
import { CreditModel } from './model-credits'
import { PlanModel } from './model-plans'

const MAX_TRIES = 10
const QUOTE_LIFETIME_MS = 15 * 60_000
const KEYS_KEPT_MS = 7 * 86_400_000

type Task = { position: number; state: 'open' | 'leased' | 'done' | 'failed' | 'cancelled' } & {
  attempt: number
  /** Attempts that ended badly: waiting is none, a consumer that died is one. */
  tries: number
  leasedUntil: number
  /** What the runner knows of it. */
  run: string | null
}
export type ModelJob = {
  id: string
  quotaDay: number | null
  poseCredits: number
  backgroundCredits: number
  cancelled: boolean
  /** It waits for providers that are down. */
  delayed: boolean
  open: number
  tasks: Task[]
}
type Quote = { print: string; byQuota: boolean; poseCredits: number; backgroundCredits: number } & {
  expiresAt: number
  used: boolean
}
type Check = { no: number; leasedUntil: number; again: boolean }

/** A job goes on upstream. */
const isUpstream = ({ run }: Task): boolean => run !== null && !run.includes('null')

export const isOpen = (task: Task): boolean => task.state === 'open' || task.state === 'leased'

/**
 * What a user's object must answer, and what must be true of its books afterwards. Which tasks an alarm gives up is
 * the one thing that it is told (`observed`) instead of knowing it: that is no question of money.
 */
export class Model {
  readonly credits = new CreditModel()
  readonly plans = new PlanModel()
  readonly jobs = new Map<string, ModelJob>()
  readonly checks = new Map<string, Check>()
  readonly #started = new Map<string, { fingerprint: string; at: number; answer: Answer }>()
  readonly #once = new Set<string>()
  readonly #quotes = new Map<string, Quote>()

  answer(call: Call, now: number, observed: Answer): Answer {
    switch (call.name) {
      case 'grant':
        return this.#grant(call, now)
      case 'start':
        return this.#start(call, now)
      case 'race':
        return { answers: call.asks.map((ask) => this.#start(ask, now)) }
      case 'claim':
        return this.#claim(call, now)
      case 'finish':
        return this.#finish(call, now)
      case 'keepRun':
        return { kept: this.#keepRun(call) }
      case 'forgetRun':
        return this.#forgetRun(call)
      case 'failTask':
        return this.#failTask(call, now)
      case 'cancel':
        return { state: this.#cancel(call.jobId, now) }
      case 'alarm':
        return this.#alarm(observed, now)
      case 'beginCheck':
        return this.#beginCheck(call, now)
      case 'converge':
        return this.#converge(call, now)
      case 'endCheck':
        return this.#endCheck(call)
      case 'adjust':
        return this.#adjust(call, now)
      case 'refund':
        return this.#refund(call, now)
      case 'freePlan':
        this.plans.startFree(FREE_PLAN.productId, FREE_PLAN.dailyQuota, now)
        return { ok: true }
      case 'cancelPlan':
        return { ok: this.plans.cancel(call.productId, now) }
      case 'quote':
        return this.#quote(call, now)
    }
  }

  #isFirst(key: string): boolean {
    const first = !this.#once.has(key)
    this.#once.add(key)
    return first
  }

  #grant(call: Calls['grant'], now: number): Answer {
    this.credits.expireDue(now)
    const granted = this.#isFirst(`grant ${call.key}`)
    if (granted) this.credits.grant(call.key, call.source, call.paid, call.credits, call.expiresAt, now)
    return { granted }
  }

  #start(call: StartCall, now: number): Answer {
    const { jobId, poses } = call
    const known = this.#started.get(call.key)
    if (known && known.fingerprint !== call.fingerprint) return { refused: 'IDEMPOTENCY_KEY_REUSED' }
    if (known) return { ...known.answer, replayed: true }
    this.credits.expireDue(now)
    const terms = this.#terms(call, now)
    if ('refused' in terms) return { refused: terms.refused }
    const remaining = this.plans.remaining(now) ?? 0
    if (terms.byQuota && poses > remaining) return { refused: 'QUOTA_EXCEEDED', required: poses, remaining }
    const required = poses * (terms.poseCredits + terms.backgroundCredits)
    const { available, owed } = this.credits.totals
    const mayOwe = call.app === 'exports'
    if (required > available || (owed > 0 && !mayOwe))
      return { refused: 'INSUFFICIENT_CREDITS', required, available, owed }

    this.credits.hold(jobId, required)
    const quotaDay = terms.byQuota ? this.plans.hold(poses, now) : null
    const quote = call.quoteId === null ? undefined : this.#quotes.get(call.quoteId)
    if (quote) quote.used = true
    const tasks = Array.from({ length: poses }, (_, position): Task => {
      return { position, state: 'open', attempt: 0, tries: 0, leasedUntil: 0, run: null }
    })
    const { poseCredits, backgroundCredits } = terms
    const state = { cancelled: false, delayed: false, open: poses, tasks }
    this.jobs.set(jobId, { id: jobId, quotaDay, poseCredits, backgroundCredits, ...state })
    const answer = { jobId, fund: terms.byQuota ? 'unlimited' : 'credits', held: required }
    this.#started.set(call.key, { fingerprint: call.fingerprint, at: now, answer })
    return { ...answer, replayed: false }
  }

  #terms(call: StartCall, now: number): Omit<Quote, 'print' | 'expiresAt' | 'used'> | { refused: string } {
    if (call.quoteId === null) return this.#today(call, call.poseCredits, now)
    const quote = this.#quotes.get(call.quoteId)
    if (!quote) return { refused: 'QUOTE_UNKNOWN' }
    if (quote.used) return { refused: 'QUOTE_USED' }
    if (quote.print !== requestPrint(call.poses, call.background)) return { refused: 'QUOTE_MISMATCH' }
    const planEnded = quote.byQuota && this.plans.remaining(now) === null
    return quote.expiresAt <= now || planEnded ? { refused: 'QUOTE_EXPIRED' } : quote
  }

  #today(ask: { background: boolean; byCredits: boolean }, poseCredits: number, now: number) {
    const byQuota = !ask.byCredits && this.plans.remaining(now) !== null
    const backgroundCredits = ask.background ? BACKGROUND_CREDITS : 0
    return { byQuota, poseCredits: byQuota ? 0 : poseCredits, backgroundCredits }
  }

  #quote(call: Calls['quote'], now: number): Answer {
    this.credits.expireDue(now)
    const terms = this.#today(call, POSE_CREDITS, now)
    const print = requestPrint(call.poses, call.background)
    if (this.#isFirst(`quote ${call.id}`))
      this.#quotes.set(call.id, { ...terms, print, expiresAt: now + QUOTE_LIFETIME_MS, used: false })
    const each = terms.poseCredits + terms.backgroundCredits
    return { fund: terms.byQuota ? 'unlimited' : 'credits', credits: call.poses * each }
  }

  #find({ jobId, position }: TaskName): { job: ModelJob; task: Task } {
    const job = this.jobs.get(jobId)!
    return { job, task: job.tasks[position]! }
  }

  #claim(call: Calls['claim'], now: number): Answer {
    const { job, task } = this.#find(call)
    if (!isOpen(task)) return { go: false, reason: 'ended', run: isUpstream(task) ? task.run : null }
    if (task.state === 'leased' && task.leasedUntil > now) return { go: false, reason: 'leased' }
    if (call.after !== null && call.after !== task.attempt) return { go: false, reason: 'overtaken' }
    const tries = task.tries + (task.state === 'leased' ? 1 : 0)
    if (job.cancelled || tries >= MAX_TRIES) {
      this.#end(job, task, job.cancelled ? 'cancelled' : 'failed', 0, now)
      return { go: false, reason: 'gave_up' }
    }
    task.state = 'leased'
    task.attempt += 1
    task.tries = tries
    task.leasedUntil = now + (isUpstream(task) ? call.pollLeaseMs : call.leaseMs)
    return { go: true, attempt: task.attempt, tries, run: task.run }
  }

  #keepRun({ attempt, run, ...name }: Calls['keepRun']): boolean {
    const { job, task } = this.#find(name)
    if (task.state !== 'leased' || task.attempt !== attempt || job.cancelled) return false
    task.run = run
    return true
  }

  #forgetRun(name: TaskName): Answer {
    const { task } = this.#find(name)
    if (!isOpen(task)) task.run = null
    return { ok: true }
  }

  #finish(call: Calls['finish'], now: number): Answer {
    const { job, task } = this.#find(call)
    if (!isOpen(task)) return { state: task.state }
    if (task.attempt !== call.attempt) return { state: 'stale' }
    if (call.outcome === 'failed') return this.#end(job, task, 'failed', 0, now)
    if (call.outcome !== 'done' && call.outcome !== 'background failed') return this.#giveBack(job, task, call, now)
    const background = call.outcome === 'done' ? job.backgroundCredits : 0
    return this.#end(job, task, 'done', job.poseCredits + background, now)
  }

  #giveBack(job: ModelJob, task: Task, { outcome, run }: Calls['finish'], now: number): Answer {
    task.run = run ?? task.run
    const tries = task.tries + (outcome === 'retry' ? 1 : 0)
    if (job.cancelled || tries >= MAX_TRIES) return this.#end(job, task, job.cancelled ? 'cancelled' : 'failed', 0, now)
    Object.assign(task, { state: 'open', tries })
    if (outcome === 'down') job.delayed = true
    return { state: 'retrying' }
  }

  #failTask(name: TaskName, now: number): Answer {
    const { job, task } = this.#find(name)
    return isOpen(task) ? this.#end(job, task, 'failed', 0, now) : { state: task.state }
  }

  #end(job: ModelJob, task: Task, state: 'done' | 'failed' | 'cancelled', charged: number, now: number): Answer {
    task.state = state
    // Kept only so that whoever comes next cancels it upstream.
    if (state === 'done' || !isUpstream(task)) task.run = null
    if (state === 'done') job.delayed = false
    job.open -= 1
    this.credits.charge(job.id, charged)
    this.credits.release(job.id, job.poseCredits + job.backgroundCredits - charged, now)
    if (job.quotaDay !== null) this.plans.settle(job.quotaDay, 1, state === 'done')
    return { state }
  }

  #cancel(jobId: string, now: number): string {
    const job = this.jobs.get(jobId)!
    if (job.cancelled) return 'cancelled'
    if (job.open === 0) return 'ended'
    const waiting = job.tasks.filter(({ state }) => state === 'open')
    for (const task of waiting) task.state = 'cancelled'
    job.cancelled = true
    job.open -= waiting.length
    this.credits.release(jobId, waiting.length * (job.poseCredits + job.backgroundCredits), now)
    if (job.quotaDay !== null) this.plans.settle(job.quotaDay, waiting.length, false)
    return 'cancelled'
  }

  #alarm(observed: Answer, now: number): Answer {
    this.credits.expireDue(now)
    const unmade = observed.unmade as [string, number, 'failed' | 'cancelled'][]
    for (const [jobId, position, state] of unmade) {
      const { job, task } = this.#find({ jobId, position })
      if (!isOpen(task)) return { unmade: `task ${position} of ${jobId} ended before` }
      if (state === 'cancelled' && !job.cancelled)
        return { unmade: `task ${position} of ${jobId} was cancelled by nobody` }
      this.#end(job, task, state, 0, now)
    }
    for (const job of this.jobs.values())
      for (const task of job.open > 0 ? job.tasks : [])
        if (task.state === 'leased' && task.leasedUntil <= now)
          Object.assign(task, { state: 'open', tries: task.tries + 1 })
    for (const [key, { at }] of this.#started) if (at < now - KEYS_KEPT_MS) this.#started.delete(key)
    return { unmade }
  }

  #beginCheck(call: Calls['beginCheck'], now: number): Answer {
    const check = this.checks.get(call.orderId) ?? { no: 0, leasedUntil: 0, again: false }
    this.checks.set(call.orderId, check)
    if (check.leasedUntil > now) {
      check.again = true
      return { go: false }
    }
    check.no += 1
    check.leasedUntil = now + call.leaseMs
    check.again = false
    return { go: true, checkNo: check.no }
  }

  #endCheck(call: Calls['endCheck']): Answer {
    const check = this.checks.get(call.orderId)
    if (check?.no === call.checkNo) check.leasedUntil = 0
    return { ok: true }
  }

  #converge(call: Calls['converge'], now: number): Answer {
    const { orderId, keptRupiah } = call
    this.credits.expireDue(now)
    const check = this.checks.get(orderId)
    if (check?.no !== call.checkNo) return { stale: true }
    check.leasedUntil = 0
    const { productId, credits, amountRupiah, dailyQuota, cycleMonths, source } = productOf(orderId)
    // Whole numbers of any size: no rounding but the last.
    const target = Number((BigInt(credits) * BigInt(keptRupiah)) / BigInt(amountRupiah))
    const change = this.credits.converge(orderId, source, target, now)
    if (cycleMonths > 0) this.plans.setPaid(orderId, productId, dailyQuota, cycleMonths, keptRupiah > 0, now)
    return { stale: false, again: check.again, credited: target, change, owed: this.credits.totals.owed }
  }

  #adjust(call: Calls['adjust'], now: number): Answer {
    const key = `adjust ${call.key}`
    if (this.#once.has(key)) return { ok: true, applied: false }
    this.credits.expireDue(now)
    const { available } = this.credits.totals
    if (-call.credits > available) return { ok: false, available }
    this.#once.add(key)
    const { credits, expiresAt } = call
    if (credits > 0) this.credits.grant(`adjustment:${call.key}`, 'adjustment', false, credits, expiresAt, now)
    else this.credits.takeBack(-credits, null)
    return { ok: true, applied: true }
  }

  #refund(call: Calls['refund'], now: number): Answer {
    const key = `refund ${call.key}`
    const refundable = this.credits.refundable(call.jobId)
    if (this.#once.has(key)) return { ok: true, applied: false, refundable }
    if (call.credits > refundable) return { ok: false, refundable }
    this.#once.add(key)
    this.credits.refund(call.jobId, call.credits, now)
    return { ok: true, applied: true, refundable: refundable - call.credits }
  }
}
