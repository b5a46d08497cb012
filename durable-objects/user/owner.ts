import { assert } from '../../src/kernel/assert'
import { first } from './rows'

/** Whose object this is; undefined before anybody opened it. */
export const ownerOf = (sql: SqlStorage): string | undefined =>
  first<{ user_id: string }>(sql, 'SELECT user_id FROM owner')?.user_id

/** The same, where there must be somebody. */
export function requireOwner(sql: SqlStorage): string {
  const owner = ownerOf(sql)
  assert(owner !== undefined, 'this object has an owner')
  return owner
}
