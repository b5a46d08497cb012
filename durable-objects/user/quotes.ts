import type { TaskPrice } from '../../src/credits/prices'
import type { Fund, QuoteLimit, QuoteView } from '../../src/credits/types'
import type { AppId } from '../../src/generations/types'
import { assert } from '../../src/kernel/assert'
import { MAX_PICTURES_PER_GENERATION, QUOTE_LIFETIME_MS, QUOTES_KEPT } from '../../src/kernel/limits'
import { lastBalances } from './entries'
import { expireDue } from './ledger'
import { unlimitedView } from './quota'
import { allowedByRate, type RateLimits } from './rate-limit'
import { first, number } from './rows'

/** `fingerprint` is that of the request the quote is for; `fund` 'credits' leaves a plan's quota alone. */
export type QuoteAsk = {
  id: string
  app: AppId
  fingerprint: string
  pictures: number
  price: TaskPrice
  fund?: 'credits' | undefined
  limits: RateLimits
}

/** The fund a request is paid from now, and what one picture of it costs there. */
export type Terms = { fund: Fund } & TaskPrice

/** A quota covers the pose itself; a new background costs credits in either fund. */
export function termsOf(sql: SqlStorage, ask: { price: TaskPrice; fund?: 'credits' | undefined }, now: number): Terms {
  const byQuota = ask.fund !== 'credits' && unlimitedView(sql, now)?.active === true
  return byQuota ? { ...ask.price, fund: 'unlimited', poseCredits: 0 } : { ...ask.price, fund: 'credits' }
}

/** Says what a request would cost and keeps the promise for QUOTE_LIFETIME_MS. Reserves nothing. */
export function makeQuote(sql: SqlStorage, ask: QuoteAsk, now: number): QuoteView {
  assert(Number.isSafeInteger(ask.pictures) && ask.pictures > 0, 'a quote is for pictures')
  expireDue(sql, now)
  const terms = termsOf(sql, ask, now)
  const expiresAt = now + QUOTE_LIFETIME_MS
  sql.exec(
    `INSERT INTO quote(id, app, fingerprint, pictures, fund, pose_credits, background_credits, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[ask.id, ask.app, ask.fingerprint, ask.pictures, terms.fund, terms.poseCredits, terms.backgroundCredits],
    expiresAt,
  )
  // One that still binds is never given up, however many there are.
  sql.exec(
    'DELETE FROM quote WHERE expires_at <= ? AND id NOT IN (SELECT id FROM quote ORDER BY id DESC LIMIT ?)',
    ...[now, QUOTES_KEPT],
  )
  const each = terms.poseCredits + terms.backgroundCredits
  return {
    id: ask.id,
    fund: terms.fund,
    pictures: ask.pictures,
    poseCredits: terms.poseCredits,
    backgroundCredits: terms.backgroundCredits,
    credits: ask.pictures * each,
    available: lastBalances(sql).available,
    limits: limitsOf(sql, terms, ask, now),
    expiresAt,
  }
}

/** Quotes that still bind: not used, not expired. */
export const bindingQuotes = (sql: SqlStorage, now: number): number =>
  number(sql, 'SELECT COUNT(*) FROM quote WHERE expires_at > ? AND used_by IS NULL', now)

function limitsOf(sql: SqlStorage, terms: Terms, { limits, app }: QuoteAsk, now: number): QuoteLimit[] {
  const each = terms.poseCredits + terms.backgroundCredits
  const found: Omit<QuoteLimit, 'binds'>[] = allowedByRate(sql, limits, now, app)
  // Who owes starts nothing, not even by quota; see start.ts.
  const { available, owed } = lastBalances(sql)
  if (owed > 0) found.push({ limit: 'credits', allowsPictures: 0, resetsAt: null })
  else if (each > 0) found.push({ limit: 'credits', allowsPictures: Math.floor(available / each), resetsAt: null })
  if (terms.fund === 'unlimited') {
    const { remaining, resetsAt } = unlimitedView(sql, now)!
    found.push({ limit: 'dailyQuota', allowsPictures: remaining, resetsAt })
  }
  found.push({ limit: 'picturesPerGeneration', allowsPictures: MAX_PICTURES_PER_GENERATION, resetsAt: null })
  const least = Math.min(...found.map(({ allowsPictures }) => allowsPictures))
  const binding = found.find(({ allowsPictures }) => allowsPictures === least)
  return found.map((limit) => ({ ...limit, binds: limit === binding }))
}

type QuoteRow = {
  app: string
  fingerprint: string
  fund: Fund
  pictures: number
  pose_credits: number
  background_credits: number
  expires_at: number
  used_by: string | null
}

export type QuoteRefusal = 'QUOTE_UNKNOWN' | 'QUOTE_MISMATCH' | 'QUOTE_USED' | 'QUOTE_EXPIRED'

/** The terms of a quote that still binds for this very request, or why it does not. */
export function termsOfQuote(
  sql: SqlStorage,
  ask: { id: string; app: string; fingerprint: string; pictures: number },
  now: number,
): { ok: true; terms: Terms } | { ok: false; code: QuoteRefusal } {
  const quote = first<QuoteRow>(sql, 'SELECT * FROM quote WHERE id = ?', ask.id)
  if (!quote) return { ok: false, code: 'QUOTE_UNKNOWN' }
  if (quote.used_by !== null) return { ok: false, code: 'QUOTE_USED' }
  const same = quote.app === ask.app && quote.fingerprint === ask.fingerprint && quote.pictures === ask.pictures
  if (!same) return { ok: false, code: 'QUOTE_MISMATCH' }
  // A plan that ended meanwhile has no quota to keep the promise with.
  const planEnded = quote.fund === 'unlimited' && unlimitedView(sql, now)?.active !== true
  if (quote.expires_at <= now || planEnded) return { ok: false, code: 'QUOTE_EXPIRED' }
  const { fund, pose_credits: poseCredits, background_credits: backgroundCredits } = quote
  return { ok: true, terms: { fund, poseCredits, backgroundCredits } }
}

/** Spends a quote: it pays for one job. */
export const spendQuote = (sql: SqlStorage, id: string, jobId: string): void => {
  sql.exec('UPDATE quote SET used_by = ? WHERE id = ? AND used_by IS NULL', jobId, id)
}
