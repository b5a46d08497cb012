import { z } from 'zod'
import { makeLog } from './kernel/log'
import { MissingPart } from './kernel/missing-part'

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

/** A provider's key or name; empty switches that provider off (providers/registry.ts). */
const providerSetting = (fallback = '') => z.string().trim().default(fallback)
/** Where a provider is: without a slash at its end. */
const providerUrl = (fallback: string) =>
  z
    .string()
    .default('')
    .transform((url) => (url.trim() || fallback).replace(/\/+$/, ''))
const names = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .transform((list) => list.split(',').flatMap((name) => name.trim() || []))

export const PROVIDER_IDS = [
  ...(['embedded', 'fal', 'wavespeed', 'workers-ai', 'huggingface', 'huggingface-text'] as const),
  'huggingface-endpoint',
] as const
export type ProviderId = (typeof PROVIDER_IDS)[number]

/** Slots, submissions a minute and US dollars a day of one provider; what is not named stays as the provider's file has it. */
const ProviderLimits = z.partialRecord(
  z.enum(PROVIDER_IDS),
  z.strictObject({
    slots: z.number().int().min(1).max(1_000).optional(),
    perMinute: z.number().int().min(1).max(100_000).optional(),
    dailyUsd: z.number().min(0).max(1_000_000).optional(),
  }),
)

const ProviderFields = {
  FAL_KEY: providerSetting(),
  FAL_QUEUE_URL: providerUrl('https://queue.fal.run'),
  /** Hosts (and their subdomains) that pictures may be downloaded from, besides the queue's own. */
  FAL_RESULT_HOSTS: names('fal.media,fal.run'),
  WAVESPEED_KEY: providerSetting(),
  WAVESPEED_URL: providerUrl('https://api.wavespeed.ai'),
  WAVESPEED_RESULT_HOSTS: names('wavespeed.ai,d2p7pge43lyniu.cloudfront.net'),
  CF_ACCOUNT_ID: providerSetting(),
  CF_API_TOKEN: providerSetting(),
  CF_API_URL: providerUrl('https://api.cloudflare.com'),
  WORKERS_AI_MODEL: providerSetting('@cf/black-forest-labs/flux-2-klein-4b'),
  HF_TOKEN: providerSetting(),
  HF_BILL_TO: providerSetting(),
  HF_ROUTER_URL: providerUrl('https://router.huggingface.co'),
  HF_RESULT_HOSTS: names('fal.media,fal.run'),
  HF_ENDPOINT_URL: providerUrl(''),
  HF_TEXT_MODEL: providerSetting('black-forest-labs/FLUX.1-schnell'),
  /** JSON: {"fal":{"slots":8,"perMinute":120,"dailyUsd":50}} */
  PROVIDER_LIMITS: z
    .string()
    .default('')
    .transform((text, issue) => {
      try {
        return JSON.parse(text || '{}') as unknown
      } catch {
        issue.addIssue({ code: 'custom', message: 'must be JSON' })
        return z.NEVER
      }
    })
    .pipe(ProviderLimits),
  /** `provider`: the provider's own word on a picture counts; `classify`: a classifier (HF_TOKEN) looks at each as well. */
  NSFW_MODE: z.enum(['off', 'provider', 'classify']).default('provider'),
  NSFW_THRESHOLD: z.string().default('0.7').transform(Number).pipe(z.number().min(0).max(1)),
  NSFW_CLASSIFIER_URL: providerUrl(''),
  /** Cuts people out of a picture (docs/providers.md); empty: fal does, with FAL_KEY. */
  MATTING_URL: providerUrl(''),
  MATTING_TOKEN: providerSetting(),
  /** Where fal answers at once, for cut-outs. */
  FAL_RUN_URL: providerUrl('https://fal.run'),
  /** Finds keypoints in a picture (docs/providers.md); empty: only what providers tell themselves. */
  POSE_DETECTOR_URL: providerUrl(''),
  POSE_DETECTOR_TOKEN: providerSetting(),
  /** 0..1: a picture that holds its pose less well than this is made once more, then fails. Empty: it is only told. */
  POSE_MATCH_MIN: z
    .string()
    .default('')
    .transform((text) => (text.trim() === '' ? null : Number(text)))
    .pipe(z.number().min(0).max(1).nullable()),
  /** Model that turns words into a pose: `org/name:provider` at HF_ROUTER_URL. Empty: the grammar alone. */
  POSE_WRITER_MODEL: providerSetting(),
}

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

const Fields = {
  ENVIRONMENT: z.enum(['development', 'test', 'staging', 'production']),
  JWT_SECRET: z.string().min(32),
  MEDIA_SIGNING_SECRET: z.string().min(32),
  IMAGE_PROVIDERS: z
    .string()
    .default('embedded')
    .transform((list) => list.split(',').map((name) => name.trim()))
    .pipe(z.array(z.enum(PROVIDER_IDS)).min(1))
    // Embedded draws a preview and is no substitute for a model: it stands alone or not at all.
    .refine((ids) => !ids.includes('embedded') || ids.length === 1),
  WELCOME_CREDITS: wholeNumber('300', 1_000_000),
  LIMIT_POSES_PER_HOUR: wholeNumber('500'),
  LIMIT_GENERATES_PER_MINUTE: wholeNumber('10'),
  /** Avatars that a user may have made in 24 hours. */
  LIMIT_AVATARS_PER_DAY: wholeNumber('50'),
  /** Bytes that one user's uploads may take as they are stored (1 GiB), and how many there may be. */
  LIMIT_UPLOAD_BYTES: wholeNumber('1073741824'),
  LIMIT_UPLOADS: wholeNumber('2000', 10_000),
  ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((origin) => origin.trim() || [])),
  ...SimulationFields,
  ...PaymentFields,
  ...ProviderFields,
}

type Name = keyof typeof Fields
export type Config = { readonly [K in Name]: z.output<(typeof Fields)[K]> }
/** The settings by name. */
export const SETTINGS = Object.keys(Fields) as Name[]

const parsed = new WeakMap<object, Config>()
const log = makeLog({ part: 'environment' })

/**
 * The typed environment, parsed once per isolate. A setting that is missing or wrong takes away what needs it and nothing
 * else: reading it throws MissingPart. Each is logged once, without its value.
 */
export function configOf(env: Env): Config {
  const known = parsed.get(env)
  if (known) return known
  const values = new Map<Name, unknown>()
  const refuse = (name: Name, because: string) => {
    values.delete(name)
    log('error', 'part_missing', { missing: name, because })
  }
  for (const name of SETTINGS) {
    const given = (env as unknown as Record<string, unknown>)[name]
    const read = Fields[name].safeParse(given)
    if (read.success) values.set(name, read.data)
    else refuse(name, given === undefined ? 'it is not set' : 'its value is not allowed')
  }
  if (isSimulating(values) && mayBeProduction(values))
    for (const name of NO_SIMULATION)
      if (values.has(name)) refuse(name, 'EMBEDDED_* simulation is refused in production')

  const config = {} as Config
  for (const name of SETTINGS) {
    if (values.has(name)) Object.defineProperty(config, name, { value: values.get(name), enumerable: true })
    else Object.defineProperty(config, name, { get: () => missing(name), enumerable: true })
  }
  parsed.set(env, config)
  return config
}

function missing(name: Name): never {
  throw new MissingPart(name)
}

/** Nobody pays for a picture whose failure was made up: in production all pictures wait until the simulation is off. */
const NO_SIMULATION = [
  'IMAGE_PROVIDERS',
  ...(Object.keys(SimulationFields) as (keyof typeof SimulationFields)[]),
] as const

const isSimulating = (values: Map<Name, unknown>): boolean =>
  Object.entries({ EMBEDDED_LATENCY_MS: 0, EMBEDDED_FAIL_RATE: 0, EMBEDDED_MODERATE: '' }).some(
    ([name, off]) => values.get(name as Name) !== off,
  ) || !['', '0'].includes(values.get('EMBEDDED_FIXED') as string)

/** An environment that cannot be told is taken for the one where most is at stake. */
const mayBeProduction = (values: Map<Name, unknown>): boolean =>
  !values.has('ENVIRONMENT') || values.get('ENVIRONMENT') === 'production'
