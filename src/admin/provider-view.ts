import { z } from '@hono/zod-openapi'
import type { Standing } from '../providers/status'

const time = z.string().openapi({ format: 'date-time' })
const whole = z.number().int()

export const ProviderSchema = z
  .object({
    id: z.string(),
    isSetUp: z.boolean().openapi({ description: 'False: a key or an address is missing, and it is left out' }),
    model: z.string().nullable(),
    isSimulated: z.boolean().nullable(),
    capabilities: z
      .object({
        control: z.enum(['controlnet', 'reference', 'none']),
        maxReferences: whole,
        backgrounds: z.boolean(),
        minSidePx: whole,
        maxSidePx: whole,
      })
      .nullable(),
    status: z
      .object({
        circuit: z.enum(['closed', 'open', 'half-open']),
        openUntil: time.nullable(),
        downSince: time.nullable(),
        slots: z.object({ limit: whole, max: whole, inUse: whole, waiting: whole }),
        spentTodayMicroUsd: whole,
        dailyMicroUsd: whole,
        p50Ms: whole.nullable(),
        p90Ms: whole.nullable(),
        lastHour: z.object({ ok: whole, failed: whole }),
        lastErrors: z.array(z.object({ at: time, code: z.string(), detail: z.string() })),
      })
      .nullable()
      .openapi({ description: 'Null: nothing to guard, or it could not be read' }),
  })
  .openapi('Provider')

const timeOf = (ms: number): string => new Date(ms).toISOString()
const timeOrNull = (ms: number | null): string | null => (ms === null ? null : timeOf(ms))

export function toProvider({ id, provider, status }: Standing): z.infer<typeof ProviderSchema> {
  return {
    id,
    isSetUp: provider !== null,
    model: provider?.model ?? null,
    isSimulated: provider?.simulated ?? null,
    capabilities: provider?.capabilities ?? null,
    status: status && {
      ...status,
      openUntil: timeOrNull(status.openUntil),
      downSince: timeOrNull(status.downSince),
      lastErrors: status.lastErrors.map((error) => ({ ...error, at: timeOf(error.at) })),
    },
  }
}
