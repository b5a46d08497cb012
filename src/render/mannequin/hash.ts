// Deterministic choice: the same words and seed choose the same things in every isolate.

/** FNV-1a over UTF-16 code units, 32 bits. */
export function hashOf(text: string, seed: number): number {
  let h = (0x811c9dc5 ^ (seed >>> 0)) >>> 0
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193) >>> 0
  }
  return h
}

export type Chooser = <T>(list: readonly T[]) => T

/** A chooser that walks on with every call (xorshift32). */
export function chooserOf(text: string, seed: number): Chooser {
  let state = hashOf(text, seed) || 1
  return <T>(list: readonly T[]): T => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    const item = list[Math.floor((state / 4294967296) * list.length)]
    if (item === undefined) throw new RangeError('nothing to choose from')
    return item
  }
}
