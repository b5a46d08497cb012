import type { Check, Entry, Verification } from '../../src/credits/types'
import { type EntryRow, entryHash, toEntry } from './entries'
import { addEntry, balanceOf, isMove, noSums } from './ledger-sums'
import { checkRows, type Promiser } from './verify-rows'

/** Broken places that a check names; the rest is as broken. */
const MAX_NAMED = 5

/** Collects what breaks a promise. */
type Promised = { id: string; claim: string; broken: string[] }

/**
 * Recomputes the whole ledger from its first entry and holds it against every other row about money. Reads all entries
 * once, so it is for statements, admins and tests; `assertBooks` is the one for every command.
 */
export function verify(sql: SqlStorage, now: number): Verification {
  const promises: Promised[] = []
  const promise: Promiser = (id, claim) => {
    const broken: string[] = []
    promises.push({ id, claim, broken })
    return broken
  }
  const { sums, entries, headHash, last } = walkEntries(sql, promise)
  checkRows(sql, sums, now, promise)
  const checks = promises.map(
    ({ id, claim, broken }): Check => ({
      ...{ id, claim, ok: broken.length === 0 },
      detail: broken.length === 0 ? null : detailOf(broken),
    }),
  )
  const balances = {
    available: last?.availableAfter ?? 0,
    held: last?.heldAfter ?? 0,
    owed: last?.owedAfter ?? 0,
  }
  return { ok: checks.every(({ ok }) => ok), entries, headHash, balances, checks }
}

const detailOf = (broken: string[]): string =>
  broken.slice(0, MAX_NAMED).join('; ') + (broken.length > MAX_NAMED ? '; and more' : '')

function walkEntries(sql: SqlStorage, promise: Promiser) {
  const zeroSum = promise('I1', 'every entry takes from one account what it gives to another, as its kind says')
  const running = promise('I3', 'balances after every entry are right and never below zero')
  const chain = promise('I13', 'entries are numbered without gaps and each hash covers the one before')
  const sums = noSums()
  let previousHash = ''
  let last: Entry | null = null
  let entries = 0
  for (const row of sql.exec<EntryRow>('SELECT * FROM entry ORDER BY seq')) {
    const entry = toEntry(row)
    entries++
    if (!isMove(entry)) zeroSum.push(`entry ${entry.seq}`)
    if (entry.seq !== entries || row.previous_hash !== previousHash || row.hash !== entryHash(previousHash, entry))
      chain.push(`entry ${entry.seq}`)
    previousHash = row.hash
    addEntry(sums, entry)
    const { availableAfter, heldAfter, owedAfter } = entry
    const right =
      availableAfter === balanceOf(sums, 'available') &&
      heldAfter === balanceOf(sums, 'held') &&
      owedAfter === 0 - balanceOf(sums, 'receivable')
    if (!right || availableAfter < 0 || heldAfter < 0 || owedAfter < 0) running.push(`entry ${entry.seq}`)
    last = entry
  }
  return { sums, entries, headHash: previousHash, last: last as Entry | null }
}
