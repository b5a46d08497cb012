import { z } from '@hono/zod-openapi'
import { poseGenerator } from '../../apps/pose-generator/app'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { currentPrices, priceOf, RUPIAH_PER_CREDIT } from '../prices'

const Price = z.object({ id: z.enum(['pose', 'background']), credits: z.number().int(), rupiah: z.number().int() })

const route = defineRoute({
  operationId: 'listPrices',
  method: 'get',
  path: '/api/v1/prices',
  summary: 'What a picture costs',
  ...access('public'),
  responses: { 200: json(z.object({ version: z.number().int(), items: z.array(Price) })) },
})

export const registerListPrices = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const list = await currentPrices(ctx.db, poseGenerator.id, ctx.now())
    const price = (id: 'pose' | 'background', credits: number) => ({ id, credits, rupiah: credits * RUPIAH_PER_CREDIT })
    const items = [price('pose', priceOf(list, 'pose')), price('background', priceOf(list, 'background'))]
    return c.json({ version: list.version, items }, 200)
  })
