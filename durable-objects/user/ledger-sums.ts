import { type Account, type Entry, type EntryKind, GRANT_PRIORITY } from '../../src/credits/types'

/** Sums of the entries by account, and by what they belong to. */
export type Sums = {
  accounts: Map<Account, number>
  /** `<grant>|<account>` and `<reference>|<kind>`. */
  byGrant: Map<string, number>
  byReference: Map<string, number>
  owedByOrder: Map<string, number>
  /** What a grant was given, by its id. */
  granted: Map<string, number>
  /** What each picture was charged, by `<job>:<variation>`, under its job. */
  pictures: Map<string, Map<string, number>>
}

export const noSums = (): Sums => ({
  accounts: new Map(),
  byGrant: new Map(),
  byReference: new Map(),
  owedByOrder: new Map(),
  granted: new Map(),
  pictures: new Map(),
})

/** Adds one entry to all sums. */
export function addEntry(sums: Sums, { key, from, to, credits, kind, grantId, reference }: Entry): void {
  add(sums.accounts, from, -credits)
  add(sums.accounts, to, credits)
  add(sums.byGrant, `${grantId}|${from}`, -credits)
  add(sums.byGrant, `${grantId}|${to}`, credits)
  add(sums.byReference, `${reference}|${kind}`, credits)
  if (from === 'receivable') add(sums.owedByOrder, reference, credits)
  if (to === 'receivable') add(sums.owedByOrder, reference, -credits)
  if (kind === 'grant') add(sums.granted, grantId, credits)
  if (kind === 'settle') {
    const pictures = sums.pictures.get(reference) ?? new Map<string, number>()
    sums.pictures.set(reference, pictures)
    // `settle:<job>:<variation>:<part>`: a picture may take from several grants.
    add(pictures, key.slice(0, key.lastIndexOf(':')), credits)
  }
}

const add = <Key>(sums: Map<Key, number>, key: Key, credits: number): void => {
  sums.set(key, (sums.get(key) ?? 0) + credits)
}

/** Credits of an account; below zero where more was taken than given. */
export const balanceOf = (sums: Sums, account: Account): number => sums.accounts.get(account) ?? 0

/** Credits that entries of this kind moved for a generation, an order or a grant. */
export const ofReference = (sums: Sums, reference: string, kind: EntryKind): number =>
  sums.byReference.get(`${reference}|${kind}`) ?? 0

const SOURCES = Object.keys(GRANT_PRIORITY).map((source) => `source:${source}` as Account)

/** Accounts that an entry of a kind may take from and give to. */
const MOVES: Record<EntryKind, [from: Account[], to: Account[]]> = {
  grant: [SOURCES, ['available']],
  hold: [['available'], ['held']],
  settle: [['held'], ['spent']],
  release: [['held'], ['available']],
  expire: [['available'], ['expired']],
  refund: [['spent'], ['available']],
  reversal: [['available', 'receivable'], SOURCES],
  recovery: [['available'], ['receivable']],
}

/** Whether an entry moves credits the way that its kind may. */
export const isMove = ({ kind, from, to, credits }: Entry): boolean =>
  credits > 0 && (MOVES[kind]?.[0].includes(from) ?? false) && MOVES[kind][1].includes(to)
