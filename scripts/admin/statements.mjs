// The SQL of `npm run admin`. One call of wrangler runs the statements of a command as one transaction.
import { ulid } from 'ulid'

/**
 * Who is on record: `actor` names the person at the terminal, `requestId` this run.
 * @typedef {{ actor: string, requestId: string, nowMs: number }} Operator
 */

/** Changes the role and says in its last statement who has the e-mail: no row, no such account. */
export function setRole({ email, role }, operator) {
  const others = `email = ${text(email)} and role <> ${text(role)}`
  const details = `json_object('before', role, 'after', ${text(role)})`
  return [
    audit('user.role_changed', 'id', details, `users where ${others}`, operator),
    `update users set role = ${text(role)}, updated_at = ${whole(operator.nowMs)} where ${others} returning id`,
    `select id, email, name, role from users where email = ${text(email)}`,
  ]
}

export const listAdmins = () => ["select id, email, name, created_at from users where role = 'admin' order by email"]

/** Every version; `state` is `in force`, `planned`, or `past` when a higher version is in force. */
export const listPrices = (nowMs) => [
  `select app, action, version, credits, effective_at,
     case
       when effective_at > ${whole(nowMs)} then
         case when exists (${overtaking('p.effective_at')}) then 'never' else 'planned' end
       when exists (${overtaking(whole(nowMs))}) then 'past'
       else 'in force'
     end as state
   from prices p order by app, action, version`,
]

/** A higher version of the same action that is in force by then: of those in force the highest counts. */
const overtaking = (by) =>
  `select 1 from prices n where n.app = p.app and n.action = p.action and n.version > p.version and n.effective_at <= ${by}`

/**
 * Adds a version of a price that is there: of an app or action that nobody knows the answer of the last statement is
 * empty. Versions count within the app, so that each change of its list has a number of its own.
 */
export function addPrice({ app, action, credits, fromMs }, operator) {
  const row = `app = ${text(app)} and action = ${text(action)}`
  const next = `(select max(version) from prices where app = ${text(app)})`
  const details = `json_object('credits', credits, 'version', version, 'effectiveAt', effective_at)`
  const added = `prices where ${row} and version = ${next}`
  return [
    `insert into prices (app, action, version, credits, effective_at)
     select ${text(app)}, ${text(action)}, ${next} + 1, ${whole(credits)}, ${whole(fromMs)}
     where exists (select 1 from prices where ${row})`,
    audit('price.added', "app || ':' || action", details, added, operator),
    `select app, action, version, credits, effective_at from ${added}`,
  ]
}

export const listProducts = () => [
  'select id, kind, name, amount_rupiah, credits, daily_quota, cycle_months, is_on_sale from products order by position',
]

/**
 * Changes a product for orders to come: an order keeps what it bought. No row in the last answer: no such product. What
 * costs nothing is started, not bought, and keeps its price: a change with an amount leaves it as it is.
 */
export function setProduct({ id, amountRupiah, isOnSale }, operator) {
  const after = {
    amount_rupiah: amountRupiah === undefined ? 'amount_rupiah' : whole(amountRupiah),
    is_on_sale: isOnSale === undefined ? 'is_on_sale' : isOnSale ? '1' : '0',
  }
  const isProduct = `id = ${text(id)}`
  const isChanged = amountRupiah === undefined ? isProduct : `${isProduct} and amount_rupiah > 0`
  const shape = (amount, onSale) => `json_object('amountRupiah', ${amount}, 'isOnSale', ${onSale})`
  const details = `json_object('before', ${shape('amount_rupiah', 'is_on_sale')},
       'after', ${shape(after.amount_rupiah, after.is_on_sale)})`
  const differs = `(amount_rupiah <> ${after.amount_rupiah} or is_on_sale <> ${after.is_on_sale})`
  return [
    audit('product.changed', 'id', details, `products where ${isChanged} and ${differs}`, operator),
    `update products set amount_rupiah = ${after.amount_rupiah}, is_on_sale = ${after.is_on_sale} where ${isChanged}`,
    `select id, name, amount_rupiah, is_on_sale from products where ${isProduct}`,
  ]
}

/** A row of the audit log for the row that `from` selects, if there is one. */
const audit = (action, subject, details, from, { actor, requestId, nowMs }) =>
  `insert into audit_log (id, actor_id, action, subject, details, request_id, created_at)
   select ${text(`aud_${ulid(nowMs)}`)}, ${text(actor)}, ${text(action)}, ${subject}, ${details}, ${text(requestId)},
     ${whole(nowMs)} from ${from}`

/** A text as an SQLite literal (https://sqlite.org/lang_expr.html#literal_values_constants_). */
export function text(value) {
  if (typeof value !== 'string') throw new Error(`No text: ${typeof value}`)
  if (value.includes('\0')) throw new Error('A text must not contain NUL: SQLite would cut it short')
  return `'${value.replaceAll("'", "''")}'`
}

function whole(value) {
  if (!Number.isSafeInteger(value)) throw new Error(`No whole number: ${value}`)
  return String(value)
}
