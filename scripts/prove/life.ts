import { type Command, type Kind, nextCommand } from './commands'
import { CORE, type Core } from './core'
import { randomFrom } from './random'
import { World } from './world'

/** Commands of one life. A user seldom makes more in a year, and every command reads what is there. */
export const LIFE_OPS = 500
/** Commands between two inspections of everything. */
const INSPECT_EVERY = 100

export type Failure = { message: string; commands: Command[] }
export type Life = { ops: number; mix: Partial<Record<Kind, number>>; failure: Failure | null }

/** The first commands of the life with this seed. */
export function commandsOf(seed: number, ops: number): Command[] {
  const random = randomFrom(seed)
  return Array.from({ length: ops }, () => nextCommand(random))
}

/** Lives through `commands` from nothing to quiet; what went wrong, with the commands up to there. */
export function live(commands: readonly Command[], core: Core = CORE): Life {
  const world = new World(core)
  const mix: Life['mix'] = {}
  let ops = 0
  try {
    for (const command of commands) {
      ops++
      mix[command.kind] = (mix[command.kind] ?? 0) + 1
      world.take(command)
      if (ops % INSPECT_EVERY === 0) world.inspect()
    }
    world.quiesce()
    return { ops, mix, failure: null }
  } catch (error) {
    return { ops, mix, failure: { message: (error as Error).message, commands: commands.slice(0, ops) } }
  } finally {
    world.close()
  }
}

/** What went wrong, without its numbers: another fault met while shrinking is another story. */
const faultOf = (failure: Failure): string => failure.message.replace(/\d+/g, '').slice(0, 12)

/**
 * Fewer commands that still go wrong in the same way, in at most `tries` lives: as many as there are, then half of that,
 * down to one, are left out wherever that is possible.
 */
export function shrink(failing: readonly Command[], core: Core = CORE, tries = 2_000): Failure | null {
  let smallest = live(failing, core).failure
  let size = failing.length
  while (smallest && size >= 1) {
    let found = false
    for (let from = 0; from < smallest.commands.length && tries > 0; tries--) {
      const fewer: Failure | null = live(smallest.commands.toSpliced(from, size), core).failure
      if (fewer && faultOf(fewer) === faultOf(smallest) && fewer.commands.length < smallest.commands.length) {
        smallest = fewer
        found = true
      } else from += size
    }
    if (!found) size = Math.floor(size / 2)
  }
  return smallest
}
