import { assert } from '../kernel/assert'

/** Letters a-z are 0..25; between the words of a phrase stands a SPACE. */
export const SPACE = 26
const WIDTH = 27
const NONE = -1

/**
 * Terms as a tree of letters. `next[node * 27 + letter]` is the node after that letter, 0 when there is none (no letter
 * leads to the root); `letter[node]` led to it; `ends[node]` is the number of the term that ends there, or -1.
 */
export type WordTree = { next: Int16Array; letter: Int8Array; ends: Int16Array }

export function buildWordTree(terms: readonly { text: string }[]): WordTree {
  const nodes: number[][] = [new Array<number>(WIDTH).fill(0)]
  const letters = [NONE]
  const ends = [NONE]
  terms.forEach(({ text }, term) => {
    let node = 0
    for (const character of text) {
      const letter = character === ' ' ? SPACE : character.charCodeAt(0) - 97
      assert(letter >= 0 && letter <= SPACE, 'a term is written in a-z and single spaces')
      if (nodes[node]![letter] === 0) {
        nodes[node]![letter] = nodes.length
        nodes.push(new Array<number>(WIDTH).fill(0))
        letters.push(letter)
        ends.push(NONE)
      }
      node = nodes[node]![letter]!
    }
    if (ends[node] === NONE) ends[node] = term
  })
  assert(nodes.length < 2 ** 15, 'the nodes fit 16 bits')
  return { next: Int16Array.from(nodes.flat()), letter: Int8Array.from(letters), ends: Int16Array.from(ends) }
}

export const after = (tree: WordTree, node: number, letter: number): number => tree.next[node * WIDTH + letter]!
