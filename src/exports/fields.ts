import { z } from '@hono/zod-openapi'
import { DEFAULT_OPTIONS, FILLS, type FormatId, type VariantOptions } from './types'
import { formatOf } from './use-cases'

/** A format by its id or a short name; becomes its id. */
export const formatName = () =>
  z
    .string()
    .max(40)
    .refine((name) => formatOf(name) !== null, 'must be a format of GET /formats')
    .transform((name): FormatId => formatOf(name)!.id)
    .openapi({ type: 'string', maxLength: 40, example: 'shopee_product' })

/** How a file is made, in a query string. */
export const OptionsQuery = z.object({
  fill: z
    .enum(FILLS)
    .default(DEFAULT_OPTIONS.fill)
    .openapi({ description: 'What goes beside a picture whose person the shape could not hold otherwise' }),
  recipe: z.enum(['true', 'false']).default('true').openapi({
    description: '`false`: the file does not name the picture it is of. It says that AI made it all the same',
  }),
})

export const optionsOf = ({ fill, recipe }: z.infer<typeof OptionsQuery>): VariantOptions => ({
  ...{ fill, withRecipe: recipe === 'true' },
})
