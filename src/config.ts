import { z } from 'zod'

const wholeNumber = (fallback: string, max = Number.MAX_SAFE_INTEGER) =>
  z.string().default(fallback).transform(Number).pipe(z.number().int().min(0).max(max))

const SimulationFields = {
  EMBEDDED_LATENCY_MS: wholeNumber('0', 9_000),
  EMBEDDED_FAIL_RATE: z.string().default('0').transform(Number).pipe(z.number().min(0).max(1)),
  EMBEDDED_MODERATE: z.string().max(100).default(''),
  EMBEDDED_FIXED: z.enum(['', '0', '1']).default(''),
}

/** A payment setting in any shape: what is wrong with it switches one gateway off (registry.ts), never the pictures. */
const paymentSetting = () => z.string().trim().default('')

const PaymentFields = {
  DUITKU_MERCHANT_CODE: paymentSetting(),
  DUITKU_API_KEY: paymentSetting(),
  DUITKU_API_KEY_PREVIOUS: paymentSetting(),
  DUITKU_URL: paymentSetting(),
  DUITKU_PAYMENT_METHOD: paymentSetting(),
  DUITKU_LEGACY_MD5: paymentSetting(),
  MIDTRANS_MERCHANT_ID: paymentSetting(),
  MIDTRANS_SERVER_KEY: paymentSetting(),
  MIDTRANS_SERVER_KEY_PREVIOUS: paymentSetting(),
  MIDTRANS_SNAP_URL: paymentSetting(),
  MIDTRANS_API_URL: paymentSetting(),
  PAYMENT_KEYS_PREVIOUS_UNTIL: paymentSetting(),
  /** Where gateways and customers reach us, e.g. https://lumiku.example; empty = where a request came to. */
  PUBLIC_URL: paymentSetting(),
}

const Config = z
  .object({
    ENVIRONMENT: z.enum(['development', 'test', 'staging', 'production']),
    JWT_SECRET: z.string().min(32),
    MEDIA_SIGNING_SECRET: z.string().min(32),
    IMAGE_PROVIDERS: z
      .string()
      .default('embedded')
      .transform((list) => list.split(',').map((name) => name.trim()))
      .pipe(z.array(z.enum(['embedded'])).min(1)),
    WELCOME_CREDITS: wholeNumber('300', 1_000_000),
    LIMIT_POSES_PER_HOUR: wholeNumber('500'),
    LIMIT_GENERATES_PER_MINUTE: wholeNumber('10'),
    ALLOWED_ORIGINS: z
      .string()
      .default('')
      .transform((list) => list.split(',').flatMap((origin) => origin.trim() || [])),
    ...SimulationFields,
    ...PaymentFields,
  })
  .superRefine((config, issue) => {
    const simulating =
      config.EMBEDDED_LATENCY_MS > 0 ||
      config.EMBEDDED_FAIL_RATE > 0 ||
      config.EMBEDDED_MODERATE !== '' ||
      config.EMBEDDED_FIXED === '1'
    if (config.ENVIRONMENT === 'production' && simulating)
      issue.addIssue({ code: 'custom', message: 'EMBEDDED_* simulation is refused in production' })
  })

export type Config = z.infer<typeof Config>

const parsed = new WeakMap<object, Config>()

/** The typed environment, parsed once per isolate. Throws at the first request when a variable is wrong or missing. */
export function configOf(env: Env): Config {
  const known = parsed.get(env)
  if (known) return known
  const config = Config.parse(env)
  parsed.set(env, config)
  return config
}
