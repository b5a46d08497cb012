import { type Call, FREE_PLAN, type OutcomeName, PLAN_IDS, POSE_CREDITS, productOf, type StartCall } from './calls'
import type { Command } from './commands'
import { isOpen, type Model, type ModelJob } from './model'

const SECOND_MS = 1_000
const HOUR_MS = 3_600_000
const SOURCES = ['welcome', 'promo', 'plan', 'topup', 'adjustment'] as const
const OUTCOMES: OutcomeName[] = [
  ...(['done', 'background failed', 'failed', 'retry', 'done', 'done', 'retry'] as const),
  ...(['free retry', 'waiting', 'waiting', 'down', 'retry', 'waiting'] as const),
]
/** What works on pictures that are there, and how it is paid; every other request is a shoot. */
const APPS_OF_PICTURES: Pick<StartCall, 'app' | 'background' | 'byCredits' | 'poseCredits'>[] = [
  { app: 'backgrounds', background: true, byCredits: true, poseCredits: 0 },
  { app: 'exports', background: false, byCredits: true, poseCredits: 0 },
]
/** Ended jobs that messages still come for. */
const JOBS_REMEMBERED = 3

/** Names given so far; an id is used once, however often its call is repeated. */
export type Names = { jobs: number; keys: number; quotes: StartCall[] }
export const noNames = (): Names => ({ jobs: 0, keys: 0, quotes: [] })

/** What a command means here and now; null when there is nothing for it, as a finish before any start. */
export function choose(command: Command, model: Model, names: Names, now: number): Call | null {
  switch (command.kind) {
    case 'grant': {
      const { key, credits, lifetimeHours } = command
      const source = SOURCES[command.source]!
      const expiresAt = lifetimeHours === 0 ? null : now + lifetimeHours * HOUR_MS
      return { name: 'grant', key: `g${key}`, source, paid: source === 'topup', credits, expiresAt }
    }
    case 'start':
      return { name: 'start', ...chooseStart(command, names) }
    case 'race': {
      const asks = [command.poses, command.otherPoses].map((poses) => plainStart(names, poses))
      return { name: 'race', asks: asks as [StartCall, StartCall] }
    }
    case 'claim': {
      const task = pick(tasksOf(model, isOpen), command.task)
      if (!task) return null
      const leaseMs = command.leaseSeconds * SECOND_MS
      const after = command.message === 0 ? task.attempt - 1 : command.message === 1 ? null : task.attempt
      return { name: 'claim', ...task, leaseMs, pollLeaseMs: Math.ceil(leaseMs / 2), after }
    }
    case 'finish': {
      const task = leasedTask(command, model)
      if (!task) return null
      const outcome = OUTCOMES[command.outcome]!
      const isWaiting = outcome === 'waiting' || outcome === 'down'
      return { name: 'finish', ...task, outcome, run: runOf(isWaiting ? Math.max(1, command.run) : command.run) }
    }
    case 'keepRun': {
      const task = leasedTask(command, model)
      return task && { name: 'keepRun', ...task, run: runOf(command.run)! }
    }
    case 'forgetRun': {
      const task = pick(tasksOf(model, isOpen), command.task)
      return task && { name: 'forgetRun', ...task }
    }
    case 'failTask': {
      const task = pick(tasksOf(model, isOpen), command.task)
      return task && { name: 'failTask', ...task }
    }
    case 'cancel': {
      const job = pick(jobsInPlay(model), command.job)
      return job && { name: 'cancel', jobId: job.id }
    }
    case 'alarm':
    case 'freePlan':
      return { name: command.kind }
    case 'beginCheck':
      return { name: 'beginCheck', orderId: orderOf(command.order), leaseMs: command.leaseSeconds * SECOND_MS }
    case 'converge': {
      const orderId = orderOf(command.order)
      const { amountRupiah } = productOf(orderId)
      const keptTenths = Math.min(10, Math.max(0, command.keptTenths))
      const keptRupiah = Math.floor((amountRupiah * keptTenths) / 10)
      return { name: 'converge', orderId, keptRupiah, checkNo: checkNo(model, orderId, command.late) }
    }
    case 'endCheck': {
      const orderId = orderOf(command.order)
      return { name: 'endCheck', orderId, checkNo: checkNo(model, orderId, command.late) }
    }
    case 'adjust': {
      const { key, credits, lifetimeHours } = command
      if (credits === 0) return null
      return {
        name: 'adjust',
        key: `a${key}`,
        credits,
        expiresAt: lifetimeHours > 4 ? null : now + lifetimeHours * HOUR_MS,
      }
    }
    case 'refund': {
      const job = pick(chargedJobs(model), command.job)
      return job && { name: 'refund', key: `r${command.key}`, jobId: job.id, credits: command.credits }
    }
    case 'cancelPlan':
      return { name: 'cancelPlan', productId: PLAN_IDS[command.product] ?? FREE_PLAN.productId }
    case 'quote': {
      const [poses, background, byCredits] = [command.poses, command.background === 1, command.fund === 0]
      const id = `quo_${String(names.quotes.length).padStart(6, '0')}`
      names.quotes.push({ ...plainStart(names, poses), background, byCredits, quoteId: id })
      return { name: 'quote', id, poses, background, byCredits }
    }
    case 'pass':
    case 'repeat':
    case 'crash':
      return null
  }
}

/** The same request once more. A job's id is chosen for each try; the key is what makes it the same. */
export function again(call: Call, names: Names): Call {
  if (call.name === 'start') return { ...call, jobId: newJobId(names) }
  if (call.name !== 'race') return call
  const [one, other] = call.asks
  return {
    ...call,
    asks: [
      { ...one, jobId: newJobId(names) },
      { ...other, jobId: newJobId(names) },
    ],
  }
}

/** One that somebody works on, with the attempt that he was given; now and then an earlier one. */
function leasedTask(command: { task: number; late: number }, model: Model) {
  const task = pick(
    tasksOf(model, ({ state }) => state === 'leased'),
    command.task,
  )
  return task && task.attempt > 0 ? { ...task, attempt: task.attempt - (command.late === 0 ? 1 : 0) } : null
}

/** What the runner says: nothing, that nothing goes on upstream, or which of two jobs does. */
const runOf = (run: number): string | null =>
  run === 0 ? null : JSON.stringify({ handle: run === 1 ? null : { json: `job ${run}` } })

const newJobId = (names: Names): string => `gen_${String(++names.jobs).padStart(6, '0')}`

const pick = <Thing>(things: Thing[], index: number): Thing | null => things[index % (things.length || 1)] ?? null

function jobsInPlay(model: Model): ModelJob[] {
  const jobs = [...model.jobs.values()]
  const recent = jobs.length - JOBS_REMEMBERED
  return jobs.filter(({ open }, index) => open > 0 || index >= recent)
}

/** Jobs that were charged something, newest first. */
const chargedJobs = (model: Model): ModelJob[] =>
  [...model.jobs.values()].reverse().filter(({ id }) => model.credits.holds.get(id)!.charged > 0)

/** The tasks that `wanted` says, and one of each job that has an end: its message may come again. */
function tasksOf(model: Model, wanted: (task: ModelJob['tasks'][number]) => boolean) {
  return jobsInPlay(model).flatMap(({ id, tasks }) => {
    const ended = tasks.find((task) => !isOpen(task))
    const named = [...tasks.filter(wanted), ...(ended && !wanted(ended) ? [ended] : [])]
    return named.map(({ position, attempt }) => ({ jobId: id, position, attempt }))
  })
}

const orderOf = (order: number): string => `pay_${String(order).padStart(2, '0')}`

const checkNo = (model: Model, orderId: string, late: number): number =>
  (model.checks.get(orderId)?.no ?? 0) - (late === 0 ? 1 : 0)

function plainStart(names: Names, poses: number): StartCall {
  const named = { jobId: newJobId(names), key: `key ${++names.keys}`, fingerprint: 'body' }
  return {
    app: 'pose-generator',
    ...named,
    poses,
    background: false,
    quoteId: null,
    byCredits: false,
    poseCredits: POSE_CREDITS,
  }
}

function chooseStart(command: Extract<Command, { kind: 'start' }>, names: Names): StartCall {
  const plain = plainStart(names, command.poses)
  const body = command.fingerprint === 0 ? 'other body' : 'body'
  const ofPictures = APPS_OF_PICTURES[command.app]
  if (ofPictures) return { ...plain, ...ofPictures, key: `start ${command.key}`, fingerprint: body }
  const poseCredits = command.price === 0 ? POSE_CREDITS + 15 : POSE_CREDITS
  const call = { ...plain, key: `start ${command.key}`, fingerprint: body, poseCredits }
  const wish = { background: command.background === 1, byCredits: command.fund === 0 }
  const quoted = command.quote > 2 ? undefined : names.quotes.at(-1)
  if (!quoted) return { ...call, ...wish }
  // Now and then for something else than was quoted.
  const { quoteId, poses, background } = quoted
  return command.quote > 0 ? { ...call, quoteId, poses, background } : { ...call, ...wish, quoteId }
}
