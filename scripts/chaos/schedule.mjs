// What will happen, decided by the seed alone: the commands of every seller and the moments of the kills. How the
// requests meet each other and the kill is up to the machine, so a replay asks the same and may end otherwise.
import { randomFrom, seedOfLife } from '../prove/random.ts'

/**
 * Commands and how often they come, in shares. Numbers that choose ("which order") are taken modulo what there is when
 * the command's turn comes. `lose` 0: the client gives the line up after `cutMs` and does not learn the answer.
 */
export const COMMANDS = {
  generate: {
    weight: 26,
    fields: { poses: [1, 4], batch: [1, 3], background: [0, 2], quote: [0, 3], lose: [0, 4], cutMs: [0, 40] },
  },
  /** The same request under the same key, once more. */
  again: { weight: 12, fields: { which: [0, 999], lose: [0, 6], cutMs: [0, 40] } },
  /** `pictures` 0: of backgrounds or files. */
  cancel: { weight: 6, fields: { pictures: [0, 3], which: [0, 5], lose: [0, 4], cutMs: [0, 30] } },
  retry: { weight: 5, fields: { which: [0, 20], lose: [0, 4], cutMs: [0, 30] } },
  background: { weight: 14, fields: { which: [0, 12], wish: [0, 2], lose: [0, 4], cutMs: [0, 40] } },
  export: { weight: 4, fields: { which: [0, 5], lose: [0, 4], cutMs: [0, 40] } },
  order: { weight: 6, fields: { product: [0, 4], gateway: [0, 2], lose: [0, 4], cutMs: [0, 40] } },
  /** The customer pays; the gateway tells it `notices` times at once, or never. */
  pay: { weight: 10, fields: { which: [0, 9], notices: [0, 4], lose: [0, 4], cutMs: [0, 40] } },
  /** Part or all of the money goes back. */
  giveBack: { weight: 3, fields: { which: [0, 9], tenths: [1, 10], notices: [0, 2] } },
  /** An old, early or repeated notice. */
  notice: { weight: 5, fields: { which: [0, 99], telling: [0, 5] } },
  look: { weight: 4, fields: {} },
}

const kinds = Object.keys(COMMANDS)
const shares = kinds.reduce((sum, kind) => sum + COMMANDS[kind].weight, 0)

/** An endless list of commands for seller number `index`. */
export function* commandsOf(seed, index) {
  const random = randomFrom(seedOfLife(seed, index))
  for (let number = 0; ; number++) {
    let share = random.int(0, shares - 1)
    const kind = kinds.find((each) => {
      share -= COMMANDS[each].weight
      return share < 0
    })
    const fields = Object.entries(COMMANDS[kind].fields).map(([name, [min, max]]) => [name, random.int(min, max)])
    yield { number, kind, pauseMs: random.int(0, 400), ...Object.fromEntries(fields) }
  }
}

/**
 * Where a kill strikes: so many ms after the `nth` request of a kind went out, after a while of load, or while the
 * server that was killed before is starting.
 */
const MOMENTS = [
  ...['generate', 'generate', 'pay', 'notice', 'cancel', 'order', 'load', 'load', 'boot'],
  ...['background', 'background', 'export'],
]

/** `kills` moments: `{ number, at, nth, delayMs }`. The first is never a boot: somebody must have done something. */
export function killsOf(seed, kills) {
  const random = randomFrom(seedOfLife(seed, 1_000_000))
  return Array.from({ length: kills }, (_, number) => {
    const at = MOMENTS[random.int(0, MOMENTS.length - 1)]
    const nth = random.int(1, 12)
    const delayMs = random.int(0, at === 'boot' ? 7_000 : at === 'load' ? 4_000 : 60)
    return { number: number + 1, at: at === 'boot' && number === 0 ? 'load' : at, nth, delayMs }
  })
}
