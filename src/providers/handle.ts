import { z } from 'zod'
import { ProviderError, type Settings } from './contract'

/** What a handle keeps of a submission, so that a poll after a crash can tell the whole recipe. */
export const SettingsShape: z.ZodType<Settings> = z.object({
  prompt: z.string(),
  negativePrompt: z.string().nullable(),
  seed: z.number(),
  width: z.number(),
  height: z.number(),
  steps: z.number().nullable(),
  guidance: z.number().nullable(),
  control: z
    .object({
      sha256: z.string(),
      scale: z.number().nullable(),
      start: z.number().nullable(),
      end: z.number().nullable(),
    })
    .nullable(),
  referenceSha256: z.array(z.string()),
})

/** A handle of this shape. Throws LOST_JOB for any other: whoever wrote it, its job cannot be found by it. */
export function readHandle<T>(shape: z.ZodType<T>, handle: string): T {
  const read = shape.safeParse(parsed(handle))
  if (!read.success) throw new ProviderError('LOST_JOB', 'a handle that cannot be read')
  return read.data
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown
  } catch {
    return undefined
  }
}

/** A provider's answer of this shape. Throws BAD_OUTPUT for any other, naming the field and never what was in it. */
export function readAnswer<T>(shape: z.ZodType<T>, json: unknown): T {
  const read = shape.safeParse(json)
  if (read.success) return read.data
  const field = read.error.issues[0]?.path.join('.') || 'the whole'
  throw new ProviderError('BAD_OUTPUT', `an answer of a wrong shape at ${field}`)
}
