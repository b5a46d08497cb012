// Words for a library that does not exist: the data's own, and a long tail of words that look like them.

const TAIL_WORDS = 12_000

/**
 * All words of the names and tags in `rows` (rows of `poses`), and `tail`: words that nobody wrote, made of their syllables. A text
 * of 100,000 poses has far more different words than one of 811 (Heaps' law), most of them rare.
 */
export function lexiconOf(rows, random) {
  const read = (row) => [row.name_en, row.name_id, ...JSON.parse(row.tags_en), ...JSON.parse(row.tags_id)]
  const words = [...new Set(rows.flatMap(read).flatMap((text) => text.toLowerCase().match(/[a-z]{3,}/g) ?? []))]
  const syllables = [...new Set(words.flatMap((word) => word.match(/[^aeiou]{1,2}[aeiou]/g) ?? []))]
  const ends = ['', '', 'n', 'ng', 's', 'r', 't', 'k']
  const tail = new Set()
  while (tail.size < TAIL_WORDS) {
    const length = 2 + random.below(3)
    tail.add(Array.from({ length }, () => random.pick(syllables)).join('') + random.pick(ends))
  }
  return { words, tail: [...tail] }
}

const title = (word) => word[0].toUpperCase() + word.slice(1)

/** The texts of a pose, told a little differently: one or two words more in name, description and tags. */
export function variedTexts(row, { words, tail }, random) {
  const word = () => (random.next() < 0.5 ? random.pick(words) : tail[random.zipf(tail.length)])
  const [first, second] = [word(), word()]
  const more = random.next() < 0.5 ? [first] : [first, second]
  const named = (name) => `${name} ${more.map(title).join(' ')}`
  const told = (name, description) => description.replace(name, named(name))
  const tagged = (tags) => {
    const kept = JSON.parse(tags).filter(() => random.next() < 0.85)
    return JSON.stringify([...new Set([...kept, random.next() < 0.6 ? random.pick(words) : second])])
  }
  return {
    name_en: named(row.name_en),
    name_id: named(row.name_id),
    description_en: told(row.name_en, row.description_en),
    description_id: told(row.name_id, row.description_id),
    tags_en: tagged(row.tags_en),
    tags_id: tagged(row.tags_id),
  }
}
