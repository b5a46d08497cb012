/**
 * What a seller's credits must be: plain arithmetic on a few numbers, written from the rules. It knows no grants, no
 * entries and no order of burning, for these change no balance as long as nothing expires.
 */
export class Model {
  available
  held = 0
  owed = 0
  spent = 0
  /** What came in and was not taken back. */
  brought
  /** The plan's pictures of today. Ending a plan and starting it again gives none anew. */
  quota = { isActive: false, perDay: 0, used: 0 }

  constructor(welcome) {
    this.available = welcome
    this.brought = welcome
  }

  /** What a request is paid from now, and what each picture costs there: a quota covers the pose, not the background. */
  termsOf({ pose, background, byCredits = false }) {
    const byQuota = this.quota.isActive && !byCredits
    return byQuota ? { fund: 'unlimited', each: background } : { fund: 'credits', each: pose + background }
  }

  get remaining() {
    return Math.max(0, this.quota.perDay - this.quota.used)
  }

  /** The status of a refusal; null when there is none. Who owes gets nothing, however little it costs. */
  refusal(pictures, { fund, each }) {
    if (fund === 'unlimited' && pictures > this.remaining) return 429
    return this.owed > 0 || pictures * each > this.available ? 402 : null
  }

  hold(pictures, { fund, each }) {
    this.available -= pictures * each
    this.held += pictures * each
    if (fund === 'unlimited') this.quota.used += pictures
  }

  /** The end of a held request: the `good` pictures that came are charged, the rest comes back. */
  settle(pictures, good, { fund, each }) {
    this.held -= pictures * each
    this.spent += good * each
    if (fund === 'unlimited') this.quota.used -= pictures - good
    this.#receive((pictures - good) * each)
  }

  /** Brings an order from the credits it has brought to those it must have brought. */
  converge(before, after) {
    this.brought += after - before
    if (after >= before) return this.#receive(after - before)
    const taken = Math.min(this.available, before - after)
    this.available -= taken
    this.owed += before - after - taken
  }

  /** What is owed is paid first. */
  #receive(credits) {
    const paid = Math.min(this.owed, credits)
    this.owed -= paid
    this.available += credits - paid
  }

  get balances() {
    return { available: this.available, held: this.held, owed: this.owed }
  }
}

/** The share of an order's credits for what was paid and not given back, rounded down. */
export const dueCredits = ({ credits, amountRupiah, keptRupiah }) => Math.floor((credits * keptRupiah) / amountRupiah)
