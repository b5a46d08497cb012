/** A stream of numbers that is the same for the same seed, on every machine. */
export type Random = {
  /** A whole number from `min` to `max`, both included. */
  int: (min: number, max: number) => number
}

/** mulberry32 (Tommy Ettinger, public domain): 32 bits of state, enough for choosing commands. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return { int: (min, max) => min + (next() % (max - min + 1)) }
}

/** The seed of the `index`-th life of a run. Consecutive lives must not start in neighbouring states. */
export const seedOfLife = (seed: number, index: number): number =>
  (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(index + 1, 0xc2b2ae35)) >>> 0
