import { z } from '@hono/zod-openapi'
import { GATEWAYS, PRODUCT_KINDS } from '../../db/tables/money'
import { TIERS } from '../../db/tables/users'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { json } from '../../http/responses'
import { gatewaysOf } from '../gateways/registry'
import { listProducts, type ProductRow } from '../products'

const Product = z
  .object({
    id: z.string(),
    kind: z.enum(PRODUCT_KINDS),
    name: z.string(),
    amountRupiah: z.number().int().openapi({ description: '0: started with POST /subscriptions, not bought' }),
    credits: z.number().int().openapi({ description: 'Granted by every payment; they do not expire' }),
    dailyQuota: z.number().int().openapi({ description: 'Pictures a day without credits' }),
    cycleMonths: z.number().int().openapi({ description: 'Months that a payment lasts; 0 for a pack' }),
    tier: z.enum(TIERS).nullable(),
    modelTier: z.enum(TIERS).nullable(),
    isPopular: z.boolean(),
  })
  .openapi('Product')

const route = defineRoute({
  operationId: 'listProducts',
  method: 'get',
  path: '/api/v1/payments/products',
  summary: 'Credit packs and plans in rupiah, and the gateways that take payment here',
  ...access('public'),
  responses: { 200: json(z.object({ items: z.array(Product), gateways: z.array(z.enum(GATEWAYS)) })) },
})

export const registerListProducts = (app: App) =>
  app.openapi(route, async (c) => {
    const { ctx } = c.var
    const items = await listProducts(ctx.db)
    return c.json({ items: items.map(toProduct), gateways: [...gatewaysOf(ctx).keys()] }, 200)
  })

const toProduct = ({ isOnSale: _, position: _at, ...shown }: ProductRow): z.infer<typeof Product> => shown
