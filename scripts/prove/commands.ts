import type { Random } from './random'

/**
 * What may happen to a user, as data: a name and whole numbers. Numbers that choose ("which job") are taken modulo what
 * there is when the command comes, so every list of commands has a meaning, and so has every part of it: that is what
 * makes a failing list shrink. `weight` is how often, in shares of all.
 */
export const COMMANDS = {
  /** Time passes: `amount` times a second, a minute, an hour, six hours or a day; it seldom goes backwards. */
  pass: { weight: 12, fields: { unit: [0, 4], amount: [1, 9], direction: [0, 7] } },
  grant: { weight: 2, fields: { source: [0, 4], credits: [1, 200], lifetimeHours: [0, 60], key: [0, 40] } },
  start: {
    weight: 26,
    fields: {
      app: [0, 7],
      poses: [1, 8],
      background: [0, 1],
      key: [0, 300],
      fingerprint: [0, 9],
      quote: [0, 9],
      fund: [0, 3],
      price: [0, 5],
    },
  },
  /** Two requests in flight together. */
  race: { weight: 2, fields: { poses: [1, 8], otherPoses: [1, 8] } },
  /** `message`: mostly the one that continues the last attempt, else an older one, or one that does not say. */
  claim: { weight: 30, fields: { task: [0, 99], leaseSeconds: [1, 90], message: [0, 5] } },
  /** `late` finishes with the number of an attempt before the last; ended tasks are asked for again. */
  finish: { weight: 36, fields: { task: [0, 99], outcome: [0, 12], run: [0, 3], late: [0, 5] } },
  /** A job upstream, or none any more, is kept by whoever has the lease; one that is over is forgotten. */
  keepRun: { weight: 8, fields: { task: [0, 99], run: [1, 3], late: [0, 5] } },
  forgetRun: { weight: 2, fields: { task: [0, 99] } },
  failTask: { weight: 2, fields: { task: [0, 99] } },
  cancel: { weight: 4, fields: { job: [0, 9] } },
  alarm: { weight: 8, fields: {} },
  /** Ten orders are two of each product: plans are renewed. */
  beginCheck: { weight: 12, fields: { order: [0, 9], leaseSeconds: [0, 60] } },
  /** Kept: tenths of the price that we were paid and did not give back; none below 0, all above 10. */
  converge: { weight: 12, fields: { order: [0, 9], keptTenths: [-5, 15], late: [0, 4] } },
  endCheck: { weight: 2, fields: { order: [0, 9], late: [0, 2] } },
  adjust: { weight: 4, fields: { key: [0, 60], credits: [-200, 100], lifetimeHours: [0, 9] } },
  refund: { weight: 5, fields: { key: [0, 60], job: [0, 9], credits: [1, 120] } },
  freePlan: { weight: 1, fields: {} },
  cancelPlan: { weight: 1, fields: { product: [0, 3] } },
  quote: { weight: 4, fields: { poses: [1, 8], background: [0, 1], fund: [0, 3] } },
  /** A delivery comes again, word for word: one of the last `back` calls. */
  repeat: { weight: 8, fields: { back: [1, 4] } },
  /** The next command dies at its `statement`-th statement, inside its transaction. */
  crash: { weight: 4, fields: { statement: [1, 40] } },
} as const satisfies Record<string, { weight: number; fields: Record<string, readonly [number, number]> }>

export type Kind = keyof typeof COMMANDS
export type Command = { [K in Kind]: { kind: K } & { [F in keyof (typeof COMMANDS)[K]['fields']]: number } }[Kind]

export const KINDS = Object.keys(COMMANDS) as Kind[]
/** Each kind as often as its weight says. */
const URN: Kind[] = KINDS.flatMap((kind) => Array<Kind>(COMMANDS[kind].weight).fill(kind))

/** The next command of a life. */
export function nextCommand(random: Random): Command {
  const kind = URN[random.int(0, URN.length - 1)]!
  const command: Record<string, number | string> = { kind }
  for (const [field, [min, max]] of fieldsOf(kind)) command[field] = random.int(min, max)
  return command as Command
}

export const fieldsOf = (kind: Kind): [string, readonly [number, number]][] => Object.entries(COMMANDS[kind].fields)

/** `start(poses 3, background 0)`: as it is printed. */
export function written(command: Command): string {
  const { kind, ...fields } = command
  const numbers = Object.entries(fields).map(([field, value]) => `${field} ${value}`)
  return numbers.length > 0 ? `${kind}(${numbers.join(', ')})` : kind
}
