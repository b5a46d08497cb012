import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'

const migration = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../migrations/${name}.sql`), 'utf8')

test('orders and entries made before the tables of money grew are there afterwards, what was paid as credited', () => {
  const database = new DatabaseSync(':memory:')
  database.exec(migration('0000_init'))
  database.exec(`
    INSERT INTO users(id, email, name, password_hash, created_at, updated_at) VALUES ('usr_1', 'a@b.example', 'A', 'x', 1, 1);
    INSERT INTO payments(id, user_id, product_id, gateway, amount_rupiah, credits, status, created_at, paid_at) VALUES
      ('pay_1', 'usr_1', 'credits-1500', 'simulated', 100000, 1500, 'paid', 1, 2),
      ('pay_2', 'usr_1', 'credits-4000', 'simulated', 250000, 4000, 'pending', 3, NULL);
    INSERT INTO credit_entries VALUES ('usr_1', 1, 'grant', 'source:topup', 'available', 1500, 'payment:pay_1', 2);`)
  database.exec(migration('0001_pose_search'))
  database.exec(migration('0002_money'))
  const payments = database.prepare('SELECT * FROM payments ORDER BY id').all()
  const [kept, unasked] = [
    { refunded_rupiah: 0, check_no: 0 },
    { redirect_url: null, next_check_at: null },
  ]
  expect(payments).toMatchObject([
    { id: 'pay_1', status: 'paid', amount_rupiah: 100_000, credited_credits: 1_500, paid_at: 2, ...kept, ...unasked },
    { id: 'pay_2', status: 'pending', amount_rupiah: 250_000, credited_credits: 0, paid_at: null, ...kept, ...unasked },
  ])
  expect(database.prepare('SELECT reference, credits FROM credit_entries').all()).toEqual([
    { reference: 'payment:pay_1', credits: 1_500 },
  ])
  expect(database.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  database.close()
})
