import { lastBalances } from '../../durable-objects/user/entries'
import { assertBooks } from '../../durable-objects/user/ledger'
import { promote } from '../../durable-objects/user/queueing'
import { openSession } from '../../durable-objects/user/sessions'
import { type NodeStorage, openUserStorage } from '../../test/support/node-sql'
import type { Answer, Call } from './calls'
import { again, choose, type Names, noNames } from './choose'
import type { Command as Step } from './commands'
import { CORE, type Command, type Core, SESSION } from './core'
import { comparison, fingerprintOf, inspection } from './inspect'
import { Model } from './model'

/** 2026-10-31 20:00 in Jakarta: the next month has no such day. */
const T0 = Date.UTC(2026, 9, 31, 13)
const MINUTE_MS = 60_000
const UNITS_MS = [1_000, MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS, 1_440 * MINUTE_MS]
/** Longer than any job lives. */
const QUIET_MS = 14 * 60 * MINUTE_MS
const CALLS_REMEMBERED = 4

/** The core did what the model says is wrong, or broke a promise of its own. */
class Violation extends Error {}
/** Stands for `kill -9` in the middle of a transaction. */
class Crash extends Error {}

/** One user's object and what it must be, side by side. After every command both are compared. */
export class World {
  readonly #opened: NodeStorage = openUserStorage()
  readonly #model = new Model()
  readonly #names: Names = noNames()
  readonly #core: Core
  readonly #calls: Call[] = []
  #now = T0
  #latest = T0
  /** Statements left before the crash; 0 when none is meant. */
  #fuse = 0
  #crashAt = 0
  /** When the last alarm rang, by the clock as it is now. */
  #alarmAt = T0

  constructor(core: Core = CORE) {
    this.#core = core
    const { sql } = this.#opened
    openSession(sql, { id: SESSION, refreshHash: 'hash', userAgent: 'bench' }, T0)
    sql.exec('UPDATE session SET expires_at = ?', Number.MAX_SAFE_INTEGER)
    sql.exec('INSERT INTO owner(user_id, opened_at) VALUES (?, ?)', 'usr_prove', T0)
    this.#perform({ name: 'grant', key: 'welcome', source: 'welcome', paid: false, credits: 100, expiresAt: null })
  }

  /** Throws a Violation when what comes of it is wrong. */
  take(step: Step): void {
    if (step.kind === 'pass') {
      const passed = UNITS_MS[step.unit]! * step.amount
      this.#now += step.direction === 0 ? -passed : passed
      this.#latest = Math.max(this.#latest, this.#now)
      this.#alarmAt = Math.min(this.#alarmAt, this.#now)
    } else if (step.kind === 'crash') {
      this.#crashAt = step.statement
    } else {
      const earlier = step.kind === 'repeat' ? this.#calls.at(-step.back) : undefined
      const call = earlier ? again(earlier, this.#names) : choose(step, this.#model, this.#names, this.#now)
      if (call) this.#perform(call)
    }
  }

  /** Recomputes everything there is to know of the books and holds it against the model. */
  inspect(): void {
    const broken = inspection(this.#opened.sql, this.#model, { now: this.#now, alarmAt: this.#alarmAt })
    if (broken) throw new Violation(broken)
  }

  /** Lets everything end, as it must by itself: nothing may stay held. */
  quiesce(): void {
    this.#crashAt = 0
    this.inspect()
    this.#now = this.#latest + QUIET_MS
    for (let turn = 0; turn < 100 && this.#isBusy(); turn++) this.#perform({ name: 'alarm' })
    this.inspect()
    const { held } = lastBalances(this.#opened.sql)
    if (this.#isBusy() || held > 0) throw new Violation(`${held} credits are held for good`)
  }

  #isBusy(): boolean {
    return [...this.#model.jobs.values()].some(({ open }) => open > 0)
  }

  close(): void {
    this.#opened.close()
  }

  #perform(call: Call): void {
    // A race is two transactions: one that dies in the first is not the other's concern.
    const crashAt = call.name === 'race' ? 0 : this.#crashAt
    this.#crashAt = 0
    const before = crashAt > 0 ? fingerprintOf(this.#opened.sql) : ''
    this.#fuse = crashAt
    let answer: Answer
    try {
      answer = this.#core[call.name](this.#command, call as never, this.#now)
    } catch (error) {
      if (!(error instanceof Crash)) throw new Violation(`${call.name} threw: ${(error as Error).message}`)
      if (fingerprintOf(this.#opened.sql) !== before) throw new Violation(`a crash in ${call.name} left a trace`)
      return
    } finally {
      this.#fuse = 0
    }
    const expected = this.#model.answer(call, this.#now, answer)
    if (!same(answer, expected))
      throw new Violation(`${call.name} answered ${JSON.stringify(answer)}, due was ${JSON.stringify(expected)}`)
    const broken = comparison(this.#opened.sql, this.#model, this.#now)
    if (broken) throw new Violation(`after ${call.name}: ${broken}`)
    if (call.name === 'alarm') this.#alarmAt = this.#now
    // The id of a quote is chosen for each request: it never comes twice.
    if (call.name !== 'quote') this.#calls.push(call)
    if (this.#calls.length > CALLS_REMEMBERED) this.#calls.shift()
  }

  /** What the object does around every command. */
  #command: Command = (work) =>
    this.#opened.transaction(() => {
      const answer = work(this.#sql)
      promote(this.#sql, this.#now)
      assertBooks(this.#sql)
      return answer
    })

  /** The object's SQL, which dies where it is told to. */
  readonly #sql = {
    exec: (query: string, ...bindings: SqlStorageValue[]) => {
      if (this.#fuse > 0 && --this.#fuse === 0) throw new Crash()
      return this.#opened.sql.exec(query, ...bindings)
    },
  } as unknown as SqlStorage
}

/** Same words with the same values; the order of the words says nothing. */
function same(a: Answer, b: Answer): boolean {
  const words = Object.keys(a)
  return words.length === Object.keys(b).length && words.every((word) => equal(a[word], b[word]))
}

const equal = (a: unknown, b: unknown): boolean =>
  a === b || (typeof a === 'object' && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)))

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : value !== null && typeof value === 'object'
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value
