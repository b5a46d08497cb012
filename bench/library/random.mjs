// Numbers by lot that come again with the same seed.

/** mulberry32 (Tommy Ettinger, public domain): functions over one stream of numbers that `seed` alone decides. */
export function randomOf(seed) {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (count) => Math.floor(next() * count)
  return {
    next,
    below,
    pick: (list) => list[below(list.length)],
    /** A place in a list of `count`, the first ones far more often: every doubling of the place is as likely. */
    zipf: (count) => Math.min(count - 1, Math.floor(Math.exp(next() * Math.log(count + 1))) - 1),
    /** Box and Muller's normal distribution around 0. */
    normal: (sigma) => sigma * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}
