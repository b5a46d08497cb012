import type { Admission, GuessLimit } from '../../durable-objects/attempts/guesses'
import type { SlotLimit } from '../../durable-objects/attempts/slots'
import type { Ctx } from '../ctx'
import { fail } from '../http/errors'
import { hmacSha256 } from '../kernel/hmac'
import { attemptsObject } from '../objects'
import { clientAddress, LOCAL_ADDRESS } from './client-address'

const HOUR_MS = 3_600_000

const ACCOUNT_GUESSES: GuessLimit = { freeFailures: 5, keptMs: 24 * HOUR_MS }
/** A mobile network puts hundreds of people behind one address: more is free, and it is forgotten sooner. */
const ADDRESS_GUESSES: GuessLimit = { freeFailures: 20, keptMs: HOUR_MS }
const LOCAL_GUESSES: GuessLimit = { freeFailures: 1_000, keptMs: HOUR_MS }

/** Registering tells whether an e-mail has an account; this many answers an hour are no use to a list of millions. */
const ADDRESS_REGISTRATIONS: SlotLimit = { max: 20, windowMs: HOUR_MS }
const LOCAL_REGISTRATIONS: SlotLimit = { max: 1_000, windowMs: HOUR_MS }

/** A picture drawn for nobody in particular takes some 50 ms; a program that tries out sizes still gets one a second. */
const ADDRESS_DRAWINGS: SlotLimit = { max: 60, windowMs: 60_000 }
const LOCAL_DRAWINGS: SlotLimit = { max: 5_000, windowMs: 60_000 }

/** A report of a picture needs no account, and a person reads each. */
const ADDRESS_REPORTS: SlotLimit = { max: 5, windowMs: HOUR_MS }
const LOCAL_REPORTS: SlotLimit = { max: 1_000, windowMs: HOUR_MS }

/** A guess at a password that is under way, by the names of the two objects that count it. */
export type Guess = { account: string; address: string }

/**
 * Counts a guess before its password is looked at. Throws 429 while the account or the address has to wait; a right
 * password is turned away like a wrong one, so waiting out is the only way to learn anything.
 */
export async function beginGuess(ctx: Ctx, email: string, addressHeader: string | undefined): Promise<Guess> {
  const client = clientAddress(addressHeader)
  const account = await attemptsKey(ctx.config.JWT_SECRET, 'account', email)
  const address = await attemptsKey(ctx.config.JWT_SECRET, 'address', client)
  const limit = client === LOCAL_ADDRESS ? LOCAL_GUESSES : ADDRESS_GUESSES
  // The address first: one that has to wait must not be able to keep somebody's account waiting too.
  refuseUnlessOk(await attemptsObject(ctx.env, address).takeGuess(limit))
  const admission = await attemptsObject(ctx.env, account).takeGuess(ACCOUNT_GUESSES)
  if (!admission.ok) await attemptsObject(ctx.env, address).giveBackGuess()
  refuseUnlessOk(admission)
  return { account, address }
}

/**
 * The password was right: the account starts afresh, the address gets back this one only. Forgetting all of an address
 * would let an attacker clear it by signing in to an account of their own.
 */
export async function guessedRight(ctx: Ctx, guess: Guess): Promise<void> {
  await Promise.all([
    attemptsObject(ctx.env, guess.account).forgetGuesses(),
    attemptsObject(ctx.env, guess.address).giveBackGuess(),
  ])
}

/** The password was never looked at. */
export async function giveBackGuess(ctx: Ctx, guess: Guess): Promise<void> {
  await Promise.all([
    attemptsObject(ctx.env, guess.account).giveBackGuess(),
    attemptsObject(ctx.env, guess.address).giveBackGuess(),
  ])
}

/** Counts a registration; throws 429 when the address has made too many within the hour. */
export async function takeRegistration(ctx: Ctx, addressHeader: string | undefined): Promise<void> {
  const client = clientAddress(addressHeader)
  const limit = client === LOCAL_ADDRESS ? LOCAL_REGISTRATIONS : ADDRESS_REGISTRATIONS
  const name = await attemptsKey(ctx.config.JWT_SECRET, 'registrations', client)
  refuseUnlessOk(await attemptsObject(ctx.env, name).takeSlot(limit))
}

/** Counts a picture that is drawn for whoever asks and not kept; throws 429 when the address has had too many within the minute. */
export async function takeDrawing(ctx: Ctx, addressHeader: string | undefined): Promise<void> {
  const client = clientAddress(addressHeader)
  const limit = client === LOCAL_ADDRESS ? LOCAL_DRAWINGS : ADDRESS_DRAWINGS
  const name = await attemptsKey(ctx.config.JWT_SECRET, 'drawings', client)
  refuseUnlessOk(await attemptsObject(ctx.env, name).takeSlot(limit))
}

/** Counts a report of a picture; throws 429 when the address has sent five within the hour. */
export async function takeReport(ctx: Ctx, addressHeader: string | undefined): Promise<void> {
  const client = clientAddress(addressHeader)
  const limit = client === LOCAL_ADDRESS ? LOCAL_REPORTS : ADDRESS_REPORTS
  const name = await attemptsKey(ctx.config.JWT_SECRET, 'reports', client)
  refuseUnlessOk(await attemptsObject(ctx.env, name).takeSlot(limit))
}

/**
 * Name of the object that counts for one account, or address, or registrations, drawings or reports from one address. Keyed, as a plain hash
 * of an e-mail or IPv4 address is found by trying them all.
 */
export const attemptsKey = (
  serverKey: string,
  kind: 'account' | 'address' | 'registrations' | 'drawings' | 'reports',
  value: string,
) => hmacSha256(serverKey, `attempts\n${kind}\n${value}`)

function refuseUnlessOk(admission: Admission): void {
  if (!admission.ok) throw fail('RATE_LIMITED', undefined, Math.ceil(admission.retryAfterMs / 1000))
}
