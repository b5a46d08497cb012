import { Buffer } from 'node:buffer'
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../http/errors'
import { assert } from '../kernel/assert'
import { askTurn, endTurn, isFull, newTurns } from './hash-turns'

/** scrypt (RFC 7914) with N = 2^15, r = 8, p = 3: 32 MiB, one of the settings that OWASP counts as equally strong. */
const PARAMETERS = { ln: 15, r: 8, p: 3 }
const SALT_BYTES = 16
const HASH_BYTES = 32
/** Above the 32 MiB that scrypt itself needs: Node refuses at exactly 128 * N * r bytes. */
const MAX_MEMORY_BYTES = 64 * 1024 * 1024

const POLL_MS = 10
const BREATH_MS = 1
const RETRY_AFTER_SECONDS = 5

/** `$scrypt$ln=15,r=8,p=3$salt$hash`, base64 without padding (the PHC string format). */
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,86})\$([A-Za-z0-9+/]{22,86})$/

/** No password's hash: what an unknown e-mail is checked against, so that it takes as long as a known one. */
export const NOBODYS_HASH = phcOf(PARAMETERS, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES))

/** The PHC string to store. Throws 503 when too many wait already. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES)
  return phcOf(PARAMETERS, salt, await derive(password, salt, HASH_BYTES, PARAMETERS))
}

/**
 * Whether the password is the one that was hashed, and whether the hash was made with other parameters than today's
 * (then store a new one while the password is at hand). Throws 503 when too many wait already.
 */
export async function verifyPassword(
  password: string,
  stored: string,
): Promise<{ matches: boolean; isOutdated: boolean }> {
  const [, ln, r, p, salt, hash] = PHC.exec(stored) ?? []
  assert(salt !== undefined && hash !== undefined, 'a stored password hash is a PHC string of scrypt')
  const parameters = { ln: Number(ln), r: Number(r), p: Number(p) }
  const expected = Buffer.from(hash, 'base64')
  const actual = await derive(password, Buffer.from(salt, 'base64'), expected.length, parameters)
  return { matches: timingSafeEqual(actual, expected), isOutdated: !stored.startsWith(prefixOf(PARAMETERS)) }
}

/** Throws 503 when too many wait already: a crowd is sent away before it costs a query or wakes an object. */
export function refuseWhenCrowded(): void {
  if (isFull(turns, Date.now())) throw crowded()
}

/** One form for the passwords that people cannot tell apart when typing: NFKC (RFC 8265 has NFC; OWASP and NIST NFKC). */
export const normalizePassword = (password: string): string => password.normalize('NFKC')

type Parameters = typeof PARAMETERS

function phcOf(parameters: Parameters, salt: Buffer, hash: Buffer): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `${prefixOf(parameters)}${base64(salt)}$${base64(hash)}`
}

function prefixOf({ ln, r, p }: Parameters): string {
  return `$scrypt$ln=${ln},r=${r},p=${p}$`
}

const derive = (password: string, salt: Buffer, bytes: number, { ln, r, p }: Parameters): Promise<Buffer> =>
  inTurn(() => scryptAsync(password, salt, bytes, { N: 2 ** ln, r, p, maxmem: MAX_MEMORY_BYTES }))

const scryptAsync = (password: string, salt: Buffer, bytes: number, options: ScryptOptions) =>
  new Promise<Buffer>((resolve, reject) =>
    scrypt(password, salt, bytes, options, (error, key) => (error ? reject(error) : resolve(key))),
  )

const turns = newTurns()

const crowded = () => fail('UNAVAILABLE', undefined, RETRY_AFTER_SECONDS)

/**
 * Polls instead of being woken: a request may not depend on another that the platform can drop at any time. The turn is
 * kept for a breath after the work. Else whoever is next in the event loop would hash at once, the queue would never
 * fill, and a crowd of logins would hold up every other request until the last of them was done.
 */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const ticket = Symbol('hash')
  try {
    for (;;) {
      const turn = askTurn(turns, ticket, Date.now())
      if (turn === 'FULL') throw crowded()
      if (turn === 'GO') {
        const result = await work()
        await sleep(BREATH_MS)
        return result
      }
      await sleep(POLL_MS)
    }
  } finally {
    endTurn(turns, ticket)
  }
}
