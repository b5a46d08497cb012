import { env } from 'cloudflare:workers'
import { expect, onTestFinished, test } from 'vitest'
import { expectJson, request } from '../support/app'
import { requestIn } from '../support/shoots'

type Product = {
  id: string
  kind: 'pack' | 'credit_plan' | 'quota_plan'
  name: string
  amountRupiah: number
  credits: number
  dailyQuota: number
  cycleMonths: number
  tier: string | null
  modelTier: string | null
  isPopular: boolean
}
type Shelf = { items: Product[]; gateways: string[] }

const shelf = () => expectJson<Shelf>(request('/payments/products'), 200)
const ofKind = async (kind: Product['kind']) => (await shelf()).items.filter((product) => product.kind === kind)

test('packs: 1,500, 4,000 and 9,000 credits, cheaper by the credit the larger they are', async () => {
  const packs = await ofKind('pack')
  expect(packs.map(({ id, credits, amountRupiah }) => [id, credits, amountRupiah])).toEqual([
    ['credits-1500', 1_500, 100_000],
    ['credits-4000', 4_000, 250_000],
    ['credits-9000', 9_000, 500_000],
  ])
  for (const pack of packs) expect(pack).toMatchObject({ dailyQuota: 0, cycleMonths: 0, tier: null })
})

test('monthly plans of credits, and the popular one', async () => {
  const plans = await ofKind('credit_plan')
  expect(plans.map(({ credits, amountRupiah, cycleMonths }) => [credits, amountRupiah, cycleMonths])).toEqual([
    [1_800, 99_000, 1],
    [4_800, 249_000, 1],
  ])
  expect(plans.map(({ isPopular }) => isPopular)).toEqual([false, true])
})

test('plans of a daily quota: free, basic, pro, enterprise, and a year of them a fifth cheaper', async () => {
  const plans = await ofKind('quota_plan')
  const monthly = plans.filter(({ cycleMonths }) => cycleMonths === 1)
  expect(monthly.map(({ tier, dailyQuota, amountRupiah }) => [tier, dailyQuota, amountRupiah])).toEqual([
    ['free', 10, 0],
    ['basic', 50, 99_000],
    ['pro', 100, 299_000],
    ['enterprise', 500, 999_000],
  ])
  const yearly = plans.filter(({ cycleMonths }) => cycleMonths === 12)
  expect(yearly.map(({ tier }) => tier)).toEqual(['basic', 'pro', 'enterprise'])
  for (const year of yearly) {
    const month = monthly.find(({ tier }) => tier === year.tier)!
    expect(year).toMatchObject({ dailyQuota: month.dailyQuota, modelTier: month.modelTier })
    // Rounded down to ten thousand rupiah.
    expect(year.amountRupiah).toBe(Math.floor((month.amountRupiah * 12 * 8) / 100_000) * 10_000)
  }
})

test('everything is in whole rupiah, credits and months', async () => {
  for (const { amountRupiah, credits, dailyQuota, cycleMonths } of (await shelf()).items)
    for (const number of [amountRupiah, credits, dailyQuota, cycleMonths])
      expect(Number.isSafeInteger(number) && number >= 0).toBe(true)
})

test('the gateways are those that take payment here: the simulated one never in production', async () => {
  const none = { DUITKU_MERCHANT_CODE: '', MIDTRANS_MERCHANT_ID: '' }
  const gatewaysIn = async (vars: object) =>
    (await expectJson<Shelf>(requestIn({ ...none, ...vars }, '/payments/products'), 200)).gateways
  expect(await gatewaysIn({})).toEqual(['simulated'])
  expect(await gatewaysIn({ ENVIRONMENT: 'production' })).toEqual([])
})

test('what a product is and costs is a row: a changed one is shown at once, one off the shelf is not', async () => {
  const run = (statement: string) => env.DB.prepare(statement).run()
  onTestFinished(async () => void (await run("delete from products where id = 'credits-70'")))
  await run(`insert into products(id, kind, name, amount_rupiah, credits, position)
    values ('credits-70', 'pack', '70 kredit', 7000, 70, 99)`)
  const shown = async () => (await shelf()).items.find(({ id }) => id === 'credits-70')
  expect(await shown()).toEqual({
    ...{ id: 'credits-70', kind: 'pack', name: '70 kredit', amountRupiah: 7_000, credits: 70, dailyQuota: 0 },
    ...{ cycleMonths: 0, tier: null, modelTier: null, isPopular: false },
  })
  await run("update products set amount_rupiah = 6500 where id = 'credits-70'")
  expect((await shown())?.amountRupiah).toBe(6_500)
  await run("update products set is_on_sale = 0 where id = 'credits-70'")
  expect(await shown()).toBeUndefined()
})
