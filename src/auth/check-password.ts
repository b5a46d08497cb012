import type { Ctx } from '../ctx'
import { beginGuess, giveBackGuess, guessedRight } from './attempts'
import { NOBODYS_HASH, verifyPassword } from './password-hash'
import type { User } from './users'

/**
 * Whether this is the user's password, slowed by account and address (429). Without a user it does the same work and says
 * no, so neither answer nor time tells whether the e-mail has an account. `isOutdated`: store a new hash.
 */
export async function checkPassword(
  ctx: Ctx,
  user: User | undefined,
  given: { email: string; password: string; address: string | undefined },
): Promise<{ matches: boolean; isOutdated: boolean }> {
  const guess = await beginGuess(ctx, given.email, given.address)
  const verdict = await verifyPassword(given.password, user?.passwordHash ?? NOBODYS_HASH).catch(async (error) => {
    await giveBackGuess(ctx, guess)
    throw error
  })
  if (!user || !verdict.matches) return { matches: false, isOutdated: false }
  await guessedRight(ctx, guess)
  return verdict
}
