import { env } from 'cloudflare:workers'
import { beginCheck, type ConvergeAnswer, type ConvergeAsk, converge } from '../../durable-objects/user/purchases'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'

/** A product with a period, as an order keeps it. */
export type Plan = Pick<ConvergeAsk, 'productId' | 'amountRupiah' | 'credits' | 'dailyQuota' | 'cycleMonths'>

const quotaPlan = (productId: string, dailyQuota: number, amountRupiah: number, cycleMonths = 1): Plan => ({
  ...{ productId, dailyQuota, amountRupiah, cycleMonths, credits: 0 },
})
export const BASIC = quotaPlan('basic-monthly', 50, 99_000)
export const PRO = quotaPlan('pro-monthly', 100, 299_000)
export const PRO_YEARLY = quotaPlan('pro-yearly', 100, 2_870_000, 12)
export const PEBISNIS: Plan = { ...quotaPlan('pebisnis-monthly', 0, 99_000), credits: 1_800 }
export const FREE = { productId: 'free-forever', dailyQuota: 10 } as const

const LEASE_MS = 20_000
const news = (plan: Plan, paymentId: string, checkNo: number, keptRupiah: number): ConvergeAsk => ({
  ...{ ...plan, paymentId, checkNo, keptRupiah, gateway: 'simulated', source: 'plan' },
  memo: { actor: 'gateway:simulated', requestId: 'req_test', reason: `${keptRupiah} rupiah kept` },
})

/** What the gateway's news do, by the object's own functions: so much of the order's money is ours. */
export function settle(sql: SqlStorage, plan: Plan, paymentId: string, keptRupiah: number, now: number) {
  const turn = beginCheck(sql, paymentId, LEASE_MS, now)
  if (!turn.go) throw new Error('somebody is asking already')
  return told(converge(sql, news(plan, paymentId, turn.checkNo, keptRupiah), now))
}

/** A new order of a plan that is paid at `now`; its id. */
export function buy(sql: SqlStorage, plan: Plan, now: number): string {
  const paymentId = newId('payment')
  settle(sql, plan, paymentId, plan.amountRupiah, now)
  return paymentId
}

/** The same for somebody with an object, now. */
export async function settleFor(userId: string, plan: Plan, paymentId: string, keptRupiah: number) {
  const turn = await userObject(env, userId).beginCheck(paymentId, LEASE_MS)
  if (!turn.go) throw new Error('somebody is asking already')
  return told(await userObject(env, userId).converge(news(plan, paymentId, turn.checkNo, keptRupiah)))
}

export async function buyFor(userId: string, plan: Plan) {
  const paymentId = newId('payment')
  return { paymentId, ...(await settleFor(userId, plan, paymentId, plan.amountRupiah)) }
}

function told(answer: ConvergeAnswer): Extract<ConvergeAnswer, { stale: false }> {
  if (answer.stale) throw new Error('a turn that was overtaken')
  return answer
}
