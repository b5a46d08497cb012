import { unshortened } from './search-chat-words'

/**
 * Words that say little about a pose, English and Indonesian: grammar, and who is in the picture or how the face looks,
 * which the avatar decides. They are searched for when nothing else was said.
 */
const WEAK_WORDS = new Set(
  [
    'a an the of at on in to with and or for from is are my me pose poses posing photo picture',
    'di ke dari dan atau dengan yang untuk sambil sebuah foto gambar lagi sedang pas ini itu ada buat',
    'it its this that he she his her your their i we you while wearing using',
    'lg sdg aja doang dong deh nih sih kok bgt banget jg juga sm sama biar kalo kalau gitu kayak kyk pake pakai memakai seperti',
    'man men male woman women female girl boy lady person model smile smiling',
    'pria wanita perempuan laki lelaki cewek cowok seorang seseorang senyum tersenyum',
  ].flatMap((words) => words.split(' ')),
)

/** A prompt may have 100 words; more than this many different ones no longer sharpen a search. */
export const MAX_SEARCH_WORDS = 16

/** Lower case without diacritics, as the index's tokenizer has it (unicode61, remove_diacritics 2). */
const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/**
 * The different words of a search, folded, in their order: runs of letters and digits, at least two characters long.
 * Everything else separates words, so `men's` is `men`. Weak words count only when nothing else was said.
 */
export function searchWords(text: string): string[] {
  const words = [...new Set((fold(text).match(/[\p{L}\p{N}]{2,}/gu) ?? []).map(unshortened))]
  const telling = words.filter((word) => !WEAK_WORDS.has(word))
  return (telling.length > 0 ? telling : words).slice(0, MAX_SEARCH_WORDS)
}
