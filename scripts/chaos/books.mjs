// The ledger recomputed from what its owner can read. Shares nothing with the product: additions on a list of entries.

/** Sums of a ledger, oldest entry first, and what is wrong with it. `orders` and `generations` are sums by reference. */
export function readBooks(entries) {
  const accounts = new Map()
  const orders = new Map()
  const generations = new Map()
  const wrong = []
  const add = (sums, name, credits) => sums.set(name, (sums.get(name) ?? 0) + credits)
  for (const [index, entry] of entries.entries()) {
    const { seq, kind, from, to, credits, reference } = entry
    if (seq !== index + 1) wrong.push(`entry ${seq} stands at place ${index + 1}`)
    if (!(credits > 0) || from === to) wrong.push(`entry ${seq} moves nothing`)
    add(accounts, from, -credits)
    add(accounts, to, credits)
    if (accounts.get('available') !== entry.availableAfter || accounts.get('available') < 0)
      wrong.push(`entry ${seq}: available ${accounts.get('available')}, it says ${entry.availableAfter}`)
    if ((accounts.get('held') ?? 0) !== entry.heldAfter || entry.heldAfter < 0)
      wrong.push(`entry ${seq}: held ${accounts.get('held')}, it says ${entry.heldAfter}`)
    if (kind === 'hold' || kind === 'settle' || kind === 'release') add(generations, `${reference} ${kind}`, credits)
    if (reference.startsWith('payment:') && kind === 'grant') add(orders, reference.slice(8), credits)
    if (reference.startsWith('payment:') && kind === 'reversal') add(orders, reference.slice(8), -credits)
  }
  const of = (account) => accounts.get(account) ?? 0
  const sources = [...accounts.keys()].filter((name) => name.startsWith('source:'))
  return {
    wrong,
    available: of('available'),
    held: of('held'),
    spent: of('spent'),
    expired: of('expired'),
    owed: 0 - of('receivable'),
    /** Granted and not taken back: what left the sources. */
    brought: 0 - sources.reduce((sum, source) => sum + of(source), 0),
    broughtBy: (orderId) => orders.get(orderId) ?? 0,
    orderIds: [...orders.keys()],
    ofGeneration: (id, kind) => generations.get(`${id} ${kind}`) ?? 0,
    generationIds: [...new Set([...generations.keys()].map((name) => name.split(' ')[0]))],
  }
}

/** What came from the sources is somewhere: the sentence that must hold, whatever happened. */
export const isConserved = ({ brought, available, held, spent, expired, owed }) =>
  brought === available + held + spent + expired - owed
