/** Workers AI takes 2,048 characters; an adapter needs room for words of its own around ours. */
export const MAX_PROMPT_CHARACTERS = 1_900
/** FLUX.1 reads 512 tokens and drops the rest in silence. An estimate: its real tokenizer is 2 MB. */
export const MAX_PROMPT_TOKENS = 480

/** Phrases of one kind. Under the limits those of the lowest `keep` stay longest. */
export type PhraseGroup = { keep: number; phrases: readonly string[] }

/**
 * One line of phrases in the order of `groups`. A phrase that was said already is left out, as it stands where it is kept
 * longest. What exceeds the limits is left out from the end of what matters least, always as whole phrases.
 */
export function joinPhrases(groups: readonly PhraseGroup[]): string {
  const all = groups.flatMap(({ keep, phrases }, group) =>
    phrases.map((phrase, place) => ({ phrase: flatten(phrase), keep, group, place })),
  )
  const byWorth = all.filter(({ phrase }) => phrase !== '').sort((a, b) => a.keep - b.keep)
  const said = new Set<string>()
  const kept: typeof all = []
  let characters = 0
  let tokens = 0
  for (const each of byWorth) {
    const key = each.phrase.toLowerCase()
    if (said.has(key)) continue
    characters += each.phrase.length + ', '.length
    tokens += estimateTokens(each.phrase) + 1
    if (characters > MAX_PROMPT_CHARACTERS || tokens > MAX_PROMPT_TOKENS) break
    said.add(key)
    kept.push(each)
  }
  // Somebody wrote hundreds of words, or signs that are a token each, without a comma: there is no boundary to cut at.
  if (kept.length === 0 && byWorth[0]) return shorten(byWorth[0].phrase)
  return kept
    .sort((a, b) => a.group - b.group || a.place - b.place)
    .map(({ phrase }) => phrase)
    .join(', ')
}

/** The phrases of free text: parted at commas, semicolons and line ends, but not inside "1,5 liter". */
export const phrasesOf = (text: string): string[] => text.split(/[,;]\s+|[,;]$|[\n\r\u2028\u2029]+/)

/** On one line, without control characters, invisible signs and the punctuation that parts phrases. */
export const flatten = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/ {2,}/g, ' ')
    .replace(/^[\s,;.]+|[\s,;.]+$/g, '')

/** About how many tokens: three letters of the alphabet make one, any other sign is one of its own. */
export function estimateTokens(text: string): number {
  let tokens = 0
  for (const [run] of text.matchAll(/[a-z]+|[^a-z\s]/giu)) tokens += Math.ceil(run.length / 3)
  return tokens
}

/** As many whole words as the limits allow; whole signs where even the first word is too long. */
function shorten(phrase: string): string {
  const words = phrase.split(' ')
  const parts = fits(words[0]!) ? words : Array.from(phrase)
  const glue = parts === words ? ' ' : ''
  let count = parts.length
  while (count > 1 && !fits(parts.slice(0, count).join(glue))) count--
  return parts.slice(0, count).join(glue).trim()
}

const fits = (text: string): boolean =>
  text.length <= MAX_PROMPT_CHARACTERS && estimateTokens(text) <= MAX_PROMPT_TOKENS
