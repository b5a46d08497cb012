import { z } from '@hono/zod-openapi'
import { poseGenerator } from '../../apps/pose-generator/app'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { readPriceLists } from '../../platform/app-prices'
import { currentPrices, priceOf, RUPIAH_PER_CREDIT } from '../prices'

const Amount = { credits: z.number().int(), rupiah: z.number().int() }
const Price = z.object({ id: z.enum(['pose', 'background']), ...Amount })
const AppPrice = z.object({ app: z.string(), action: z.string(), ...Amount })

const route = defineRoute({
  operationId: 'listPrices',
  method: 'get',
  path: '/api/v1/prices',
  summary: 'What a picture costs, and what each app charges for',
  ...access('public'),
  responses: { 200: json(z.object({ version: z.number().int(), items: z.array(Price), apps: z.array(AppPrice) })) },
})

export const registerListPrices = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const [list, lists] = await Promise.all([currentPrices(ctx.db, poseGenerator.id, ctx.now()), readPriceLists(ctx)])
    const amount = (credits: number) => ({ credits, rupiah: credits * RUPIAH_PER_CREDIT })
    const items = (['pose', 'background'] as const).map((id) => ({ id, ...amount(priceOf(list, id)) }))
    const apps = Object.entries(lists ?? {}).flatMap(([app, actions]) =>
      Object.entries(actions).map(([action, credits]) => ({ app, action, ...amount(credits) })),
    )
    return c.json({ version: list.version, items, apps }, 200)
  })
