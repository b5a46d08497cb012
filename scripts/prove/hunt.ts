import fc from 'fast-check'
import { commandLists } from './arbitrary'
import type { Command } from './commands'
import type { Core } from './core'
import { type Failure, live, shrink } from './life'

/** Long enough to buy, start, finish, refund and spend again. */
const MAX_COMMANDS = 100

/** What a hunt for a violation brought: the smallest failing list, and how long it took to find and to shrink it. */
export type Catch = Failure & { lists: number; shrinks: number }

/** Tries up to `lists` lists of commands on `core`; null when every list did what the model says. */
export function hunt(core: Core, { seed, lists }: { seed: number; lists: number }): Catch | null {
  const found = fc.check(
    fc.property(commandLists(MAX_COMMANDS), (commands: Command[]) => live(commands, core).failure === null),
    { seed, numRuns: lists },
  )
  if (!found.failed || !found.counterexample) return null
  const [commands] = found.counterexample
  // fast-check leaves commands that only keep others in their place: what is left out at once is found here.
  const { message, commands: smallest } = shrink(commands, core)!
  return { message, commands: smallest, lists: found.numRuns, shrinks: found.numShrinks }
}
