import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import type { Database } from '../db/client'
import { payments, products } from '../db/tables/money'
import { users } from '../db/tables/users'
import { findPayment, type PaymentRow } from './find-payment'
import { type Gateway, GatewayRefused, GatewayUnavailable } from './gateways/contract'
import { FIRST_CHECK_AFTER_MS, MAX_PENDING_ORDERS, ORDER_EXPIRY_MINUTES } from './limits'
import type { ProductRow } from './products'

export type Placed =
  | { ok: true; payment: PaymentRow; redirectUrl: string }
  | { ok: false; code: 'NOT_ON_SALE' | 'TOO_MANY_PENDING' | 'GATEWAY_UNAVAILABLE' | 'GATEWAY_REFUSED' }

/** `origin` is ours, as the gateway and the customer reach it. */
export type OrderAsk = { paymentId: string; userId: string; product: ProductRow; gateway: Gateway; origin: string }

/**
 * Makes the order's row and then the order at the gateway, under the same id: after a crash or a lost answer between
 * them, asking again goes on with the same order, and the gateway with the same invoice.
 */
export async function placeOrder(ctx: Ctx, ask: OrderAsk): Promise<Placed> {
  const known = await findPayment(ctx.db, ask.userId, ask.paymentId)
  if (!known && !ask.product.isOnSale) return { ok: false, code: 'NOT_ON_SALE' }
  if (!known) await insertOrder(ctx, ask)
  const payment = known ?? (await findPayment(ctx.db, ask.userId, ask.paymentId))
  if (!payment) return { ok: false, code: 'TOO_MANY_PENDING' }
  if (payment.redirectUrl !== null) return { ok: true, payment, redirectUrl: payment.redirectUrl }
  if (payment.status !== 'pending') return { ok: false, code: 'GATEWAY_REFUSED' }
  return invoice(ctx, ask, payment)
}

/** Checked and written in one statement: orders made at the same time do not pass the limit together. */
async function insertOrder(ctx: Ctx, { paymentId, userId, product, gateway }: OrderAsk): Promise<void> {
  const { amountRupiah, credits, dailyQuota, cycleMonths } = product
  const now = ctx.now()
  await ctx.db.run(sql`
    insert into payments(id, user_id, product_id, gateway, amount_rupiah, credits, daily_quota, cycle_months,
      created_at, next_check_at)
    select ${paymentId}, ${userId}, ${product.id}, ${gateway.id}, ${amountRupiah}, ${credits}, ${dailyQuota},
      ${cycleMonths}, ${now}, ${now + FIRST_CHECK_AFTER_MS}
    where (select count(*) from payments where user_id = ${userId} and status = 'pending') < ${MAX_PENDING_ORDERS}
    on conflict do nothing`)
}

async function invoice(ctx: Ctx, { userId, product, gateway, origin }: OrderAsk, payment: PaymentRow): Promise<Placed> {
  const [customer] = await ctx.db
    .select({ email: users.email, name: users.name })
    .from(users)
    .where(eq(users.id, userId))
  const ofOrder = and(eq(payments.id, payment.id), isNull(payments.redirectUrl))
  try {
    const { redirectUrl, reference } = await gateway.create({
      ...{ paymentId: payment.id, amountRupiah: payment.amountRupiah, productName: product.name },
      customer: customer ?? { email: '', name: '' },
      callbackUrl: `${origin}/api/v1/payments/callback/${gateway.id}`,
      // The gateway adds what it likes to this one; the page reads nothing of it.
      returnUrl: `${origin}/`,
      expiryMinutes: ORDER_EXPIRY_MINUTES,
    })
    // A request beside this one may have been refused, because of this very invoice: the order waits for money all the same.
    const isRefused = eq(payments.status, 'failed')
    await ctx.db
      .update(payments)
      .set({
        ...{ redirectUrl, gatewayReference: reference },
        status: sql`iif(${isRefused}, 'pending', ${payments.status})`,
        nextCheckAt: sql`iif(${isRefused}, ${ctx.now() + FIRST_CHECK_AFTER_MS}, ${payments.nextCheckAt})`,
      })
      .where(ofOrder)
    const placed = (await findPayment(ctx.db, userId, payment.id)) ?? payment
    return { ok: true, payment: placed, redirectUrl: placed.redirectUrl ?? redirectUrl }
  } catch (error) {
    if (!(error instanceof GatewayRefused || error instanceof GatewayUnavailable)) throw error
    const { name, detail } = error
    ctx.log('warn', 'payment_order_failed', { paymentId: payment.id, gateway: gateway.id, name, detail })
    if (error instanceof GatewayUnavailable) return { ok: false, code: 'GATEWAY_UNAVAILABLE' }
    // Only as long as nobody else got an invoice for it: a second request may be refused because the first was not.
    await ctx.db
      .update(payments)
      .set({ status: 'failed', nextCheckAt: null })
      .where(and(ofOrder, eq(payments.status, 'pending')))
    return { ok: false, code: 'GATEWAY_REFUSED' }
  }
}

/** A product whether or not it is on sale: somebody who ordered it before still gets his answer. */
export async function findOrdered(db: Database, productId: string): Promise<ProductRow | undefined> {
  const [row] = await db.select().from(products).where(eq(products.id, productId))
  return row
}

/** Where gateways and customers reach us: PUBLIC_URL, or what this request came to when that is no web address. */
export const originOf = (publicUrl: string, request: Request): string =>
  // `lumiku.example:443` is a URL too, of the scheme `lumiku.example`.
  new URL(/^https?:/i.test(publicUrl) && URL.canParse(publicUrl) ? publicUrl : request.url).origin
