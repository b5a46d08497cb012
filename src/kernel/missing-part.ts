/** A binding or a setting that is absent or cannot be used. Thrown by whoever needs it, at that moment; answered 503. */
export class MissingPart extends Error {
  override name = 'MissingPart'
  constructor(readonly part: string) {
    super(`${part} is missing or wrong`)
  }
}

/** What JavaScript asks of any value by itself, such as `await`: that is no use of the part. */
const ASKED_OF_ANYTHING = new Set<string | symbol>(['then', 'constructor', 'toJSON'])

const stands = new WeakSet<object>()

/** Stands where a binding is absent: may be handed on and kept, and throws MissingPart when it is used. */
export function standInFor<T extends object>(part: string): T {
  const refuse = (): never => {
    throw new MissingPart(part)
  }
  const stand = new Proxy({} as T, {
    get: (_, name) => (typeof name === 'symbol' || ASKED_OF_ANYTHING.has(name) ? undefined : refuse()),
    set: refuse,
  })
  stands.add(stand)
  return stand
}

export const isStandIn = (value: unknown): boolean => typeof value === 'object' && value !== null && stands.has(value)

/** An error may stand behind a few others, as the database's library wraps what it is thrown. */
const MAX_CAUSES = 5

/** The missing part that an error is about; null for every other error. */
export function missingPartOf(error: unknown): MissingPart | null {
  let cause = error
  for (let depth = 0; depth < MAX_CAUSES && cause instanceof Error; depth++) {
    if (cause instanceof MissingPart) return cause
    cause = cause.cause
  }
  return null
}
