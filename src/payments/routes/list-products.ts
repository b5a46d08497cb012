import { z } from '@hono/zod-openapi'
import { GATEWAYS } from '../../db/tables/money'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { PRODUCTS } from '../products'

const Product = z
  .object({ id: z.string(), name: z.string(), credits: z.number().int(), amountRupiah: z.number().int() })
  .openapi('Product')

const route = defineRoute({
  operationId: 'listProducts',
  method: 'get',
  path: '/api/v1/payments/products',
  summary: 'Credit packs in rupiah, and the gateways that take payment here',
  ...access('public'),
  responses: { 200: json(z.object({ items: z.array(Product), gateways: z.array(z.enum(GATEWAYS)) })) },
})

export const registerListProducts = (app: App) =>
  app.openapi(route, (c) => {
    const gateways = c.var.ctx.config.ENVIRONMENT === 'production' ? [] : [...GATEWAYS]
    return c.json({ items: [...PRODUCTS], gateways }, 200)
  })
