/** A broken promise of our own code: never the caller's fault, never shown to the caller. Stays on in production. */
export class AssertionError extends Error {
  override name = 'AssertionError'
}

/** Stops the current transaction when something that cannot happen has happened. `why` names the promise. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new AssertionError(why)
}
