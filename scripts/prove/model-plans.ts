const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Paid plans go on for this long after their end. */
const GRACE_MS = 3 * DAY_MS

type Period = {
  id: string
  product: string
  quota: number
  from: number
  to: number
  /** What comes on top of `to` before the quota ends. */
  grace: number
  cancelled: boolean
  voidedAt: number | null
}

/** Jakarta's day; midnight there is 17:00 UTC. */
const dayOf = (now: number): number => Math.floor((now + 7 * HOUR_MS) / DAY_MS)

/** Plans and their daily quota as they must be: lists and maps, no line shared with the core. */
export class PlanModel {
  readonly periods = new Map<string, Period>()
  readonly days = new Map<number, { used: number; held: number }>()
  #latestDay = 0

  /** Poses that today has left; null when no plan with a quota is in force. */
  remaining(now: number): number | null {
    const quotas = this.#good().filter(({ quota, from, to, grace }) => quota > 0 && from <= now && now < to + grace)
    if (quotas.length === 0) return null
    const today = this.days.get(this.day(now))
    return Math.max(0, Math.max(...quotas.map(({ quota }) => quota)) - (today ? today.used + today.held : 0))
  }

  /** A day that was used never opens again, and none before it. */
  day(now: number): number {
    return Math.max(dayOf(now), this.#latestDay)
  }

  hold(poses: number, now: number): number {
    const day = this.day(now)
    this.#latestDay = day
    this.#day(day).held += poses
    return day
  }

  settle(day: number, poses: number, used: boolean): void {
    this.#day(day).held -= poses
    if (used) this.#day(day).used += poses
  }

  #day(day: number): { used: number; held: number } {
    if (!this.days.has(day)) this.days.set(day, { used: 0, held: 0 })
    return this.days.get(day)!
  }

  setPaid(id: string, product: string, quota: number, months: number, paid: boolean, now: number): void {
    const period = this.periods.get(id)
    if (period ? (period.voidedAt === null) === paid : !paid) return
    if (!period) this.#buy(id, product, quota, months, now)
    else if (paid) this.#resume(period, now)
    else period.voidedAt = now
    this.#line(now)
  }

  #good(): Period[] {
    const good = [...this.periods.values()].filter(({ voidedAt }) => voidedAt === null)
    return good.sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1))
  }

  /** What makes `plan` wait: as good a quota, or the same pack of credits. A plan without an end makes nothing wait. */
  #ahead(of: Period[], plan: Pick<Period, 'product' | 'quota'>): Period[] {
    return of.filter(
      ({ to, quota, product }) => to !== Infinity && (plan.quota > 0 ? quota >= plan.quota : product === plan.product),
    )
  }

  #buy(id: string, product: string, quota: number, months: number, now: number): void {
    const ahead = this.#ahead(this.#good(), { product, quota }).filter(({ to, grace }) => to + grace > now)
    const from = ahead.length > 0 ? Math.max(...ahead.map(({ to }) => to)) : now
    // A run of months is counted from its first day, or a short month would shorten all that follow.
    let first = from
    for (let before = this.#endingAt(first, product); before; before = this.#endingAt(first, product))
      first = before.from
    let passed = 0
    while (first < from && monthsLater(first, passed) < from) passed++
    const to = monthsLater(first, passed) === from ? monthsLater(first, passed + months) : monthsLater(from, months)
    this.periods.set(id, { id, product, quota, from, to, grace: GRACE_MS, cancelled: false, voidedAt: null })
  }

  #endingAt(at: number, name: string): Period | undefined {
    return this.#good().find(({ to, product }) => to === at && product === name)
  }

  /** Paid again after the money had gone back: what was left then goes on, after what is paid meanwhile. */
  #resume(period: Period, now: number): void {
    const left = period.to - Math.max(period.from, period.voidedAt!)
    const from = Math.max(now, ...this.#ahead(this.#good(), period).map(({ to }) => to))
    period.voidedAt = null
    if (left <= 0) return
    period.from = from
    period.to = from + left
  }

  /** What has not begun follows what makes it wait, larger quotas first; its length stays. */
  #line(now: number): void {
    const line = this.#good().filter(({ from }) => from <= now)
    const waiting = this.#good().filter(({ from, to }) => from > now && to !== Infinity)
    for (const period of waiting.sort((a, b) => b.quota - a.quota || a.from - b.from)) {
      const from = Math.max(now, ...this.#ahead(line, period).map(({ to }) => to))
      period.to += from - period.from
      period.from = from
      line.push(period)
    }
  }

  startFree(product: string, quota: number, now: number): void {
    const id = `free:${product}`
    const from = this.periods.get(id)?.from ?? now
    this.periods.set(id, { id, product, quota, from, to: Infinity, grace: 0, cancelled: false, voidedAt: null })
  }

  cancel(product: string, now: number): boolean {
    const running = this.#good().filter(
      (period) => period.product === product && !period.cancelled && period.to + period.grace > now,
    )
    for (const period of running) {
      period.cancelled = true
      period.grace = 0
      if (period.to === Infinity) period.voidedAt = now
    }
    return running.length > 0
  }
}

/** The same day and hour in Jakarta, `months` later; the last of the month for a day that it does not have. */
function monthsLater(at: number, months: number): number {
  const local = new Date(at + 7 * HOUR_MS)
  const [year, month, day] = [local.getUTCFullYear(), local.getUTCMonth() + months, local.getUTCDate()]
  const days = (Date.UTC(year, month + 1) - Date.UTC(year, month)) / DAY_MS
  return Date.UTC(year, month, Math.min(day, days)) + (local.getTime() % DAY_MS) - 7 * HOUR_MS
}
