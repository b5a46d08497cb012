import fc from 'fast-check'
import { COMMANDS, type Command, fieldsOf, KINDS } from './commands'

/** Commands as fast-check makes and shrinks them: fewer of them, each with smaller numbers. */
export const commandLists = (maxLength: number): fc.Arbitrary<Command[]> =>
  fc.array(fc.oneof(...KINDS.map((kind) => ({ weight: COMMANDS[kind].weight, arbitrary: oneOfKind(kind) }))), {
    maxLength,
    size: 'max',
  })

const oneOfKind = (kind: Command['kind']): fc.Arbitrary<Command> =>
  fc.record({
    kind: fc.constant(kind),
    ...Object.fromEntries(fieldsOf(kind).map(([field, [min, max]]) => [field, fc.integer({ min, max })])),
  }) as fc.Arbitrary<Command>
