import { readdirSync, readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import { expect, test } from 'vitest'
import type { Database } from '../../src/db/client'
import { keptRupiah } from '../../src/payments/gateways/contract'
import { playCustomer, simulatedGateway } from '../../src/payments/gateways/simulated'
import { anOrder, FORGED } from './gateway-fixtures'

const sqlite = new DatabaseSync(':memory:')
sqlite.exec('pragma foreign_keys = on')
for (const name of readdirSync('migrations').sort())
  if (name.endsWith('.sql')) sqlite.exec(readFileSync(`migrations/${name}`, 'utf8'))
sqlite.exec(
  `insert into users (id, email, name, password_hash, created_at, updated_at) values ('u', 's@example.com', 'Sari', '', 0, 0)`,
)

/** The real schema under drizzle, in this process. */
const db = drizzle(async (sql, params, method) => {
  const statement = sqlite.prepare(sql)
  if (method === 'run') statement.run(...params)
  const rows = method === 'run' ? [] : statement.all(...params).map((row) => Object.values(row))
  return { rows }
}) as unknown as Database

/** A payment that waits for its customer. */
function aPayment(amountRupiah = 100_000): string {
  const { paymentId } = anOrder()
  sqlite
    .prepare(
      `insert into payments (id, user_id, product_id, gateway, amount_rupiah, credits, created_at)
       values (?, 'u', 'credits-1500', 'simulated', ?, 1500, 0)`,
    )
    .run(paymentId, amountRupiah)
  return paymentId
}
const gateway = simulatedGateway(db)

test('an order waits until its customer has been played', async () => {
  const paymentId = aPayment()
  const made = await gateway.create(anOrder({ paymentId }))
  expect(made).toEqual({ redirectUrl: `/api/v1/payments/${paymentId}/simulation`, reference: null })
  expect(await gateway.status(paymentId)).toMatchObject({ state: 'pending', amountRupiah: 100_000 })
  await playCustomer(db, paymentId, { status: 'paid' })
  expect(await gateway.status(paymentId)).toMatchObject({ state: 'paid', amountRupiah: 100_000, currency: 'IDR' })
  await gateway.create(anOrder({ paymentId }))
  expect(await gateway.status(paymentId), 'made again, still paid').toMatchObject({ state: 'paid' })
})

test('what was given back is not kept', async () => {
  const paymentId = aPayment()
  const keptAfter = async (deed: Parameters<typeof playCustomer>[2]) => {
    await playCustomer(db, paymentId, deed)
    return keptRupiah(await gateway.status(paymentId))
  }
  expect(await keptAfter({ status: 'paid' })).toBe(100_000)
  expect(await keptAfter({ status: 'partially_refunded', refundedRupiah: 30_000 })).toBe(70_000)
  expect(await keptAfter({ status: 'refunded' })).toBe(0)
  expect(await keptAfter({ status: 'charged_back' })).toBe(0)
  expect(await keptAfter({ status: 'expired' })).toBe(0)
})

test('an order that was never made is unknown, and no notice is believed (C1)', async () => {
  expect(await gateway.status(aPayment())).toMatchObject({ state: 'pending', amountRupiah: null })
  expect(await gateway.readNotice({ contentType: 'application/json', body: '{}' })).toEqual(FORGED)
})
