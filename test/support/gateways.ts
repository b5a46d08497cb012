import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { type Config, configOf } from '../../src/config'
import { type Ctx, makeCtx } from '../../src/ctx'
import { paymentNotices, payments } from '../../src/db/tables/money'
import { userObject } from '../../src/objects'
import { sweepPayments } from '../../src/payments/sweep-payments'
import { expectJson, request, requestAs } from './app'
import type { Person } from './people'
import { db } from './rows'
import { newKey, requestIn } from './shoots'

export type GatewayName = 'duitku' | 'midtrans'
export type Payment = {
  id: string
  productId: string
  gateway: string
  amountRupiah: number
  credits: number
  dailyQuota: number
  status: string
  redirectUrl: string | null
  refundedRupiah: number
  creditedCredits: number
  createdAt: string
  paidAt: string | null
}
export type Ordered = { payment: Payment; redirectUrl: string }
export type Notice = { contentType: string; body: string }

export const PACK = { productId: 'credits-1500', amountRupiah: 100_000, credits: 1_500 }

const config: Config = configOf(env)
const urls = { duitku: config.DUITKU_URL, midtrans: config.MIDTRANS_API_URL }

/** A call of a fake gateway's control API (test/gateways). */
async function control<T>(gateway: GatewayName, path: string, json?: object): Promise<T> {
  const sent = json && { method: 'POST', body: JSON.stringify(json) }
  return expectJson<T>(await fetch(`${urls[gateway]}/_control/${path}`, sent), 200)
}

export const placeOrder = (person: Person, gateway: string, key = newKey(), productId = PACK.productId) =>
  requestAs(person, '/payments', { json: { productId, gateway }, headers: { 'idempotency-key': key } })

/** An order of a pack that waits for its money at the gateway. */
export const ordered = async (person: Person, gateway: string, productId = PACK.productId): Promise<Payment> =>
  (await expectJson<Ordered>(placeOrder(person, gateway, newKey(), productId), 201)).payment

/** What happens at the gateway: `moveOrder('midtrans', id, { state: 'paid' })`. Tells nobody. */
export const moveOrder = (gateway: GatewayName, id: string, change: object): Promise<unknown> =>
  control(gateway, `orders/${id}`, change)

/** The order as the gateway has it. */
export const orderThere = <T>(gateway: GatewayName, id: string): Promise<T> => control<T>(gateway, `orders/${id}`)

/** The gateway's signed notice of an order: of its state, or as `kind`; `options` are what it is made with. */
export const noticeOf = (gateway: GatewayName, id: string, options: Record<string, string> = {}): Promise<Notice> =>
  control(gateway, `notices/${id}?${new URLSearchParams(options)}`)

type Fault = { next: string; count?: number; path?: 'create' | 'status' }

/** The next `count` calls of the gateway go wrong: those about this order, or (null) whatever comes. */
export const breakGateway = (gateway: GatewayName, id: string | null, fault: Fault): Promise<unknown> =>
  control(gateway, 'faults', { ...(id !== null && { id }), ...fault })

export const callsOf = (gateway: GatewayName, id: string): Promise<{ create: number; status: number }> =>
  control(gateway, `calls?id=${id}`)

/** The notice with other words in it, its signature as it was. */
export function edited({ contentType, body }: Notice, fields: Record<string, string>): Notice {
  if (contentType === 'application/json')
    return { contentType, body: JSON.stringify({ ...JSON.parse(body), ...fields }) }
  const form = new URLSearchParams(body)
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return { contentType, body: form.toString() }
}

/** The notice's own words for one thing in both gateways' letters. */
export const FIELDS = {
  duitku: { order: 'merchantOrderId', amount: 'amount', signature: 'signature', merchant: 'merchantCode' },
  midtrans: { order: 'order_id', amount: 'gross_amount', signature: 'signature_key', merchant: 'merchant_id' },
} as const

/** Posts a notice to us, as the gateway would. */
export const tell = (gateway: GatewayName, { contentType, body }: Notice): Promise<Response> =>
  request(`/payments/callback/${gateway}`, { body, headers: { 'content-type': contentType } })

/** The same in an environment with `vars`. */
export const tellIn = (vars: Record<string, unknown>, gateway: GatewayName, { contentType, body }: Notice) =>
  requestIn(vars, `/payments/callback/${gateway}`, { body, headers: { 'content-type': contentType } })

/** Moves the order at the gateway and tells us. */
export async function moveAndTell(gateway: GatewayName, id: string, change: object): Promise<Response> {
  await moveOrder(gateway, id, change)
  return tell(gateway, await noticeOf(gateway, id))
}

export const showPayment = (person: Person, id: string): Promise<Payment> =>
  expectJson<Payment>(requestAs(person, `/payments/${id}`), 200)

export const rowOf = async (id: string) => (await db.select().from(payments).where(eq(payments.id, id)))[0]

export const noticesOf = (paymentId: string) =>
  db.select().from(paymentNotices).where(eq(paymentNotices.paymentId, paymentId)).orderBy(paymentNotices.id)

/** Changes of what is available by an order, oldest first: +1500, -375. */
export async function changesBy(person: Person, paymentId: string): Promise<number[]> {
  const entries = await userObject(env, person.user.id).entries(Number.MAX_SAFE_INTEGER, 1_000)
  return entries
    .filter(({ reference }) => reference === `payment:${paymentId}`)
    .filter(({ kind }) => kind === 'grant' || kind === 'reversal')
    .map(({ kind, credits }) => (kind === 'grant' ? credits : -credits))
    .reverse()
}

/** A context at another time or in an environment with `vars`; `work` is done, and what it left to do later too. */
export async function withCtx<T>(
  work: (ctx: Ctx) => Promise<T>,
  { now, vars = {} }: { now?: number; vars?: Record<string, unknown> } = {},
): Promise<T> {
  const execution = createExecutionContext()
  const ctx = makeCtx({ ...env, ...vars } as Env, 'req_test_payments', (later) => execution.waitUntil(later))
  const done = await work(now === undefined ? ctx : { ...ctx, now: () => now })
  await waitOnExecutionContext(execution)
  return done
}

/** Orders and notices of the tests before wait in the same D1: from here on the sweep leaves them alone. */
export async function leaveOthersAlone(): Promise<void> {
  await db.update(payments).set({ nextCheckAt: null })
  await db.update(paymentNotices).set({ state: 'done', doneAt: 1 })
}

/** A tick of the sweep, `afterMs` from now; answers the messages that it sent. */
export async function sweep(afterMs = 0, vars: Record<string, unknown> = {}): Promise<unknown[]> {
  const now = Date.now() + afterMs
  const sent: unknown[] = []
  const queue = {
    send: async (body: unknown) => void sent.push(body),
    sendBatch: async (batch: { body: unknown }[]) => void sent.push(...batch.map(({ body }) => body)),
  }
  await withCtx(sweepPayments, { now, vars: { GENERATION_QUEUE: queue, ...vars } })
  return sent
}

/** Lets the turn of whoever is checking this order run out, as if he had died. */
export const ageTurn = (person: Person, paymentId: string): Promise<void> =>
  runInDurableObject(userObject(env, person.user.id), (_object, { storage: { sql } }) => {
    sql.exec('UPDATE payment_check SET leased_until = 1 WHERE payment_id = ? AND leased_until IS NOT NULL', paymentId)
  })

type Method = 'beginCheck' | 'converge' | 'endCheck'

/** Variables under which calls to the users' objects pass `meet` first: it throws for one that is not to arrive. */
export function meetingObject(meet: (method: Method) => Promise<void> | void, { afterwards = false } = {}) {
  const isMet = (property: string | symbol): property is Method =>
    property === 'beginCheck' || property === 'converge' || property === 'endCheck'
  const getByName = (name: string) =>
    new Proxy(env.USER.getByName(name), {
      get(stub, property) {
        const real = Reflect.get(stub, property)
        if (!isMet(property)) return real
        return async (...sent: unknown[]) => {
          if (!afterwards) await meet(property)
          const answer = await real(...sent)
          if (afterwards) await meet(property)
          return answer
        }
      },
    })
  return { USER: { getByName } }
}

/** Variables under which these calls to the users' objects fail: before they arrive, or only their answer is lost. */
export const failingObject = (methods: Method[], options: { afterwards?: boolean } = {}) =>
  meetingObject((method) => {
    if (methods.includes(method)) throw new Error('the object is away')
  }, options)

/** Variables under which D1 is away once it has prepared `after` statements. */
export function failingDatabase(after = 0) {
  let prepared = 0
  const DB = new Proxy(env.DB, {
    get(real, property) {
      const value: unknown = Reflect.get(real, property)
      if (typeof value !== 'function') return value
      return (...sent: unknown[]) => {
        if (property === 'prepare' && prepared++ >= after) throw new Error('D1 is away')
        return value.apply(real, sent)
      }
    },
  })
  return { DB }
}
