import { z } from 'zod'
import { ProviderError, type ProviderErrorCode } from './errors'
import { type Explain, type Refusal, standardError } from './http'

const Message = z.object({ code: z.number().int(), message: z.string() })

const MODERATION = /nsfw|sensitive|moderat|safety|content[ _-]?policy/i
const ABOUT_PROMPT = /prompt|input text/i
const WRONG_INPUT = /invalid|validation|unsupported|decode|must be|required/i
const NO_MONEY = /insufficient (?:credit|balance|fund)|top up/i

/**
 * A refusal of WaveSpeed: `{code, message}`. Null for what its status alone explains. Moderation comes first: its message may
 * repeat a prompt that says "top up", and an empty account would close the provider to everybody.
 */
export function explainWavespeed({ status, json }: Refusal): ProviderError | null {
  const said = Message.safeParse(json)
  if (!said.success) return null
  if (status === 400 && MODERATION.test(said.data.message))
    return new ProviderError('MODERATED_IN', `HTTP ${status}`, { status })
  if (status < 500 && NO_MONEY.test(said.data.message)) return new ProviderError('QUOTA', `HTTP ${status}`, { status })
  return null
}

/** The same of a job: one that is not known any more is lost. */
export const explainPrediction = (refusal: Refusal): ProviderError | null =>
  refusal.status === 404 || refusal.status === 410
    ? new ProviderError('LOST_JOB', `HTTP ${refusal.status}`, { status: refusal.status })
    : explainWavespeed(refusal)

/** What an answer with status 200 refuses by the `code` in its body; null when it refuses nothing. */
export function bodyError(json: unknown, explain: Explain, now: number): ProviderError | null {
  const said = Message.safeParse(json)
  if (!said.success || said.data.code < 400 || said.data.code > 599) return null
  const refusal = { status: said.data.code, headers: new Headers(), json, text: said.data.message }
  return explain(refusal) ?? standardError(refusal, now)
}

/**
 * Why a job failed, by its words: there is no code. They are never told on, for they may repeat the prompt. A prompt that was
 * refused stays refused, a picture that was held back may come out better with another seed. A job that broke is BAD_OUTPUT:
 * as UPSTREAM_5XX it would be the line's trouble, and polled until the job's time is over.
 */
export function jobError(words: string, upstreamId: string): ProviderError {
  return new ProviderError(codeOfWords(words), 'the job failed', { upstreamId })
}

function codeOfWords(words: string): ProviderErrorCode {
  if (MODERATION.test(words)) return ABOUT_PROMPT.test(words) ? 'MODERATED_IN' : 'MODERATED_OUT'
  return WRONG_INPUT.test(words) ? 'INVALID' : 'BAD_OUTPUT'
}
