// A seller's ledger against the model.
import { allItems } from '../chaos/account.mjs'
import { isConserved, readBooks } from '../chaos/books.mjs'

/** The whole ledger: as the product verifies it, and as anybody can add it up. */
export async function checkBooks({ account, model, expect, orders }) {
  const { ok, checks } = await account.must({ path: '/credits/statement/verify' })
  expect(
    'promises broken',
    checks.filter((check) => !check.ok).map(({ id }) => id),
    [],
  )
  expect('the ledger verifies', ok, true)
  const books = readBooks((await allItems(account, '/credits/entries')).reverse())
  expect('entries that are wrong', books.wrong, [])
  expect('credits are conserved', isConserved(books), true)
  const { available, held, owed, spent, brought } = books
  expect(
    'sums of the entries',
    { available, held, owed, spent, brought },
    { ...model.balances, spent: model.spent, brought: model.brought },
  )
  for (const order of orders) expect(`credits of an order`, books.broughtBy(order.id), order.brought)
}
