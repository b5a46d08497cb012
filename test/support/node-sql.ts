import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { migrate } from '../../durable-objects/user/schema'

type Row = Record<string, SqlStorageValue>
type Prepared = { statement: StatementSync; parameters: number }

/** An object's storage in plain Node: the SQL part of DurableObjectStorage, and how to look inside and to end it. */
export type NodeStorage = {
  sql: SqlStorage
  storage: DurableObjectStorage
  /** All or nothing, like transactionSync; does not nest. */
  transaction: <T>(work: () => T) => T
  close: () => void
}

/**
 * The SQLite that Node ships behind the interface of an object's SQL storage, in memory, so that the functions over
 * (sql, now) run as they are and fast. Rows are read at once, not while the cursor is walked. Like workerd it wants
 * exactly as many bindings as a statement has parameters; of several statements none may have any.
 */
export function openNodeStorage(): NodeStorage {
  const database = new DatabaseSync(':memory:')
  const prepared = new Map<string, Prepared>()

  function prepare(query: string): Prepared {
    let found = prepared.get(query)
    if (!found) {
      found = { statement: database.prepare(query), parameters: parametersOf(query) }
      prepared.set(query, found)
    }
    return found
  }

  function exec(query: string, ...bindings: SQLInputValue[]) {
    if (bindings.length === 0 && !prepared.has(query) && isSeveral(query)) {
      database.exec(query)
      prepared.clear()
      return new Cursor([])
    }
    const { statement, parameters } = prepare(query)
    if (bindings.length !== parameters)
      throw new Error(`${parameters} parameters and ${bindings.length} bindings: ${query}`)
    return new Cursor(statement.all(...bindings) as Row[])
  }

  function transaction<T>(work: () => T): T {
    prepare('BEGIN').statement.run()
    try {
      const answer = work()
      prepare('COMMIT').statement.run()
      return answer
    } catch (error) {
      // SQLite ends the transaction by itself after some errors.
      if (database.isTransaction) prepare('ROLLBACK').statement.run()
      throw error
    }
  }

  const sql = { exec } as unknown as SqlStorage
  const storage = { sql, transactionSync: transaction } as unknown as DurableObjectStorage
  return { sql, storage, transaction, close: () => database.close() }
}

/** The storage of a user's object with its tables, nobody's yet. */
export function openUserStorage(): NodeStorage {
  const opened = openNodeStorage()
  migrate(opened.storage)
  return opened
}

/** Runs with the SQL of a new user's object, where `now` is whatever the test says. */
export function withNodeSql<T>(work: (sql: SqlStorage, opened: NodeStorage) => T): T {
  const opened = openUserStorage()
  try {
    return work(opened.sql, opened)
  } finally {
    opened.close()
  }
}

class Cursor implements IterableIterator<Row> {
  readonly #rows: Row[]
  #next = 0

  constructor(rows: Row[]) {
    this.#rows = rows
  }

  next(): IteratorResult<Row, undefined> {
    const row = this.#rows[this.#next++]
    return row ? { done: false, value: row } : { done: true, value: undefined }
  }

  toArray(): Row[] {
    const rows = this.#next === 0 ? this.#rows : this.#rows.slice(this.#next)
    this.#next = this.#rows.length
    return rows
  }

  one(): Row {
    const rows = this.toArray()
    if (rows.length !== 1) throw new Error(`exactly one row was expected, there are ${rows.length}`)
    return rows[0]!
  }

  [Symbol.iterator](): this {
    return this
  }
}

const withoutText = (query: string): string => query.replace(/--[^\n]*|'(?:[^']|'')*'/g, '')

const isSeveral = (query: string): boolean => /;\s*\S/.test(withoutText(query))

/** Parameters of a statement: a bare `?` is one more than the highest before it, as SQLite counts. */
function parametersOf(query: string): number {
  let highest = 0
  for (const [, number] of withoutText(query).matchAll(/\?(\d*)/g))
    highest = number ? Math.max(highest, Number(number)) : highest + 1
  return highest
}
