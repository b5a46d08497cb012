/** The pixels of a mask that hang together, as runs of a row. */
export type Components = {
  /** First pixel of each run and the one behind its last, as indices into the mask. */
  starts: Int32Array
  ends: Int32Array
  /** The run that stands for the component of each run. */
  owners: Int32Array
  /** Pixels of the component, at the run that stands for it. */
  areas: Int32Array
}

/**
 * Components of the pixels with from <= value <= to: two passes over runs with union-find (He, Chao, Suzuki 2008).
 * `diagonal`: pixels that touch at a corner hang together. 16 bytes a run, at most one run for two pixels.
 */
export function componentsOf(
  mask: Uint8Array,
  width: number,
  height: number,
  { from, to, diagonal }: { from: number; to: number; diagonal: boolean },
): Components {
  const { starts, ends } = runsOf(mask, width, height, from, to)
  const count = starts.length
  const owners = new Int32Array(count)
  for (let run = 0; run < count; run++) owners[run] = run
  const areas = new Int32Array(count)
  const reach = diagonal ? 1 : 0
  // `above` walks over the runs of the row above, `run` over those of this row.
  let above = 0
  for (let run = 0; run < count; run++) {
    const start = starts[run]!
    const end = ends[run]!
    const row = start - (start % width)
    while (above < run && ends[above]! <= row - width) above++
    while (above < run && ends[above]! + width + reach <= start) above++
    for (let other = above; other < run && starts[other]! < row; other++) {
      if (starts[other]! + width >= end + reach) break
      if (ends[other]! + width + reach > start) join(owners, run, other)
    }
  }
  for (let run = 0; run < count; run++) {
    const owner = ownerOf(owners, run)
    owners[run] = owner
    areas[owner] = areas[owner]! + ends[run]! - starts[run]!
  }
  return { starts, ends, owners, areas }
}

function runsOf(mask: Uint8Array, width: number, height: number, from: number, to: number) {
  const span = to - from
  const isIn = (i: number): boolean => (mask[i]! - from) >>> 0 <= span
  let count = 0
  for (let row = 0; row < width * height; row += width) {
    for (let i = row; i < row + width; i++) if (isIn(i) && (i === row || !isIn(i - 1))) count++
  }
  const starts = new Int32Array(count)
  const ends = new Int32Array(count)
  let run = 0
  for (let row = 0; row < width * height; row += width) {
    for (let i = row; i < row + width; i++) {
      if (!isIn(i)) continue
      starts[run] = i
      while (i < row + width && isIn(i)) i++
      ends[run++] = i
    }
  }
  return { starts, ends }
}

/** With path halving: every look-up shortens the way of the next. */
function ownerOf(owners: Int32Array, run: number): number {
  let at = run
  while (owners[at] !== at) {
    owners[at] = owners[owners[at]!]!
    at = owners[at]!
  }
  return at
}

function join(owners: Int32Array, a: number, b: number): void {
  const [x, y] = [ownerOf(owners, a), ownerOf(owners, b)]
  if (x < y) owners[y] = x
  else owners[x] = y
}
