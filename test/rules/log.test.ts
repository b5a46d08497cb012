import { DrizzleQueryError } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { describeError } from '../../src/kernel/log'

describe('what the log says of a failure', () => {
  test('its name and message, and no more than 300 characters of them', () => {
    expect(describeError(new TypeError('no such thing'))).toBe('TypeError: no such thing')
    expect(describeError('gone')).toBe('gone')
    expect(describeError(new Error('x'.repeat(1_000)))).toHaveLength(300)
  })

  test('of a query that failed why it did, and nothing of the values: they are e-mails, hashes and notices', () => {
    const values = ['sari@toko.example', '$scrypt$secret']
    const why = new Error('D1_ERROR: too many SQL variables')
    const failed = new DrizzleQueryError('update "users" set "email" = ? where "password_hash" = ?', values, why)
    expect(failed.message).toContain('sari@toko.example')
    expect(describeError(failed)).toBe('Error: D1_ERROR: too many SQL variables')
    expect(describeError(new DrizzleQueryError('select ?', values))).toBe('a query failed')
  })
})
