/**
 * What a user's credits must be, in plain arithmetic on lists and maps: written from the rules, not from the core, with
 * which it shares no line. It keeps no entries and knows nothing of SQL.
 */
export type Totals = { available: number; held: number; owed: number; spent: number; expired: number; reversed: number }

export type ModelGrant = {
  key: string
  priority: number
  expiresAt: number
  paid: boolean
  createdAt: number
  available: number
  held: number
  spent: number
  expired: number
  reversed: number
}

type Part = { grant: ModelGrant; held: number }
export type ModelHold = {
  credits: number
  charged: number
  released: number
  refunded: number
  parts: Part[]
  /** What was spent of each grant and not given back, the one touched last in front. */
  spends: { grant: ModelGrant; left: number }[]
}

export type ModelOrder = { target: number; times: number; owed: number }

const PRIORITIES: Record<string, number> = { welcome: 40, promo: 40, plan: 50, topup: 60, adjustment: 60 }

export class CreditModel {
  /** In burn order: what is spent first is in front. */
  readonly grants: ModelGrant[] = []
  readonly holds = new Map<string, ModelHold>()
  readonly orders = new Map<string, ModelOrder>()
  readonly totals: Totals = { available: 0, held: 0, owed: 0, spent: 0, expired: 0, reversed: 0 }

  grant(key: string, source: string, paid: boolean, credits: number, expiresAt: number | null, now: number): void {
    const amounts = { available: 0, held: 0, spent: 0, expired: 0, reversed: 0 }
    const priority = PRIORITIES[source]!
    const grant = { key, priority, expiresAt: expiresAt ?? Infinity, paid, createdAt: now, ...amounts }
    const before = this.grants.findIndex((other) => burnsBefore(grant, other))
    this.grants.splice(before === -1 ? this.grants.length : before, 0, grant)
    this.#add(grant, 'available', credits)
    this.recover()
  }

  expireDue(now: number): void {
    for (const grant of this.grants) this.#expireIfPast(grant, grant.available, now)
  }

  hold(jobId: string, credits: number): void {
    const hold: ModelHold = { credits, charged: 0, released: 0, refunded: 0, parts: [], spends: [] }
    this.holds.set(jobId, hold)
    let wanted = credits
    for (const grant of this.grants) {
      const held = Math.min(wanted, grant.available)
      if (held === 0) continue
      this.#move(grant, 'available', 'held', held)
      hold.parts.push({ grant, held })
      wanted -= held
    }
  }

  charge(jobId: string, credits: number): void {
    const hold = this.holds.get(jobId)!
    hold.charged += credits
    for (const [grant, part] of take(hold.parts, credits)) {
      this.#move(grant, 'held', 'spent', part)
      touch(hold, grant, part)
    }
  }

  release(jobId: string, credits: number, now: number): void {
    const hold = this.holds.get(jobId)!
    hold.released += credits
    for (const [grant, part] of take([...hold.parts].reverse(), credits)) {
      this.#move(grant, 'held', 'available', part)
      this.#expireIfPast(grant, part, now)
    }
    this.recover()
  }

  refundable(jobId: string): number {
    const hold = this.holds.get(jobId)!
    return hold.charged - hold.refunded
  }

  refund(jobId: string, credits: number, now: number): void {
    const hold = this.holds.get(jobId)!
    hold.refunded += credits
    let wanted = credits
    for (const { grant, left } of [...hold.spends]) {
      const part = Math.min(wanted, left)
      if (part === 0) continue
      this.#move(grant, 'spent', 'available', part)
      touch(hold, grant, -part)
      this.#expireIfPast(grant, part, now)
      wanted -= part
    }
    this.recover()
  }

  /** Moves an order to `target` credits, whatever it was credited before; the difference that was posted. */
  converge(orderId: string, source: string, target: number, now: number): number {
    const order = this.orders.get(orderId) ?? { target: 0, times: 0, owed: 0 }
    this.orders.set(orderId, order)
    const change = target - order.target
    order.target = target
    if (change > 0) {
      order.times += 1
      const key = `payment:${orderId}`
      this.grant(order.times === 1 ? key : `${key}:${order.times}`, source, true, change, null, now)
    }
    if (change < 0) {
      const missing = this.takeBack(-change, `payment:${orderId}`)
      order.owed += missing
      this.totals.owed += missing
    }
    return change
  }

  /** Takes what is available, the grants of `first` before all others; how much was not there. */
  takeBack(credits: number, first: string | null): number {
    const own = (grant: ModelGrant) => first !== null && (grant.key === first || grant.key.startsWith(`${first}:`))
    let wanted = credits
    for (const grant of [...this.grants.filter(own), ...this.grants.filter((grant) => !own(grant))]) {
      const part = Math.min(wanted, grant.available)
      this.#move(grant, 'available', 'reversed', part)
      wanted -= part
    }
    return wanted
  }

  /** Whatever is available pays what is owed, the order with the lowest id first. */
  recover(): void {
    if (this.totals.owed === 0) return
    for (const [, order] of [...this.orders].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const paid = order.owed - this.takeBack(order.owed, null)
      order.owed -= paid
      this.totals.owed -= paid
    }
  }

  #expireIfPast(grant: ModelGrant, credits: number, now: number): void {
    if (grant.expiresAt <= now) this.#move(grant, 'available', 'expired', credits)
  }

  #move(
    grant: ModelGrant,
    from: keyof Totals & keyof ModelGrant,
    to: keyof Totals & keyof ModelGrant,
    credits: number,
  ) {
    this.#add(grant, from, -credits)
    this.#add(grant, to, credits)
  }

  #add(grant: ModelGrant, account: keyof Totals & keyof ModelGrant, credits: number): void {
    grant[account] += credits
    this.totals[account] += credits
  }
}

/** Priority, soonest expiry, promo before paid, oldest, name. */
function burnsBefore(a: ModelGrant, b: ModelGrant): boolean {
  if (a.priority !== b.priority) return a.priority < b.priority
  if (a.expiresAt !== b.expiresAt) return a.expiresAt < b.expiresAt
  if (a.paid !== b.paid) return b.paid
  return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt : a.key < b.key
}

function take(parts: Part[], credits: number): [ModelGrant, number][] {
  const taken: [ModelGrant, number][] = []
  let wanted = credits
  for (const part of parts) {
    const size = Math.min(wanted, part.held)
    if (size === 0) continue
    part.held -= size
    wanted -= size
    taken.push([part.grant, size])
  }
  return taken
}

function touch(hold: ModelHold, grant: ModelGrant, credits: number): void {
  const index = hold.spends.findIndex((spend) => spend.grant === grant)
  const [spend] = index === -1 ? [{ grant, left: 0 }] : hold.spends.splice(index, 1)
  spend!.left += credits
  hold.spends.unshift(spend!)
}
