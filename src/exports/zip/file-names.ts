/** Longest name of a file in an archive: paths on Windows are short, and people put the folder somewhere deep. */
export const MAX_FILE_NAME_CHARACTERS = 100
const MAX_SLUG_CHARACTERS = 60

/** Devices of Windows: a file of this name, whatever its extension, cannot be unpacked there. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|com\d|lpt\d)(\..*)?$/

/** Letters that no accent makes. */
const FOLDED: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i' }

/**
 * A text as part of a file name: ASCII letters, digits and single hyphens, at most `maxCharacters`. Nothing in it leads to
 * another folder, and no system has a meaning for it. `fallback` stands for a text of which nothing is left.
 */
export function slugOf(text: string, fallback: string, maxCharacters = MAX_SLUG_CHARACTERS): string {
  const slug = text
    .slice(0, 4 * maxCharacters)
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\0-\x7f]/g, (letter) => FOLDED[letter] ?? (/\p{M}/u.test(letter) ? '' : ' '))
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxCharacters)
    .replace(/^-+|-+$/g, '')
  if (slug === '') return fallback
  return RESERVED.test(slug) ? `${slug}-file` : slug
}

/** Names that are each there once: a second `a` becomes `a-2`. Compared as Windows and macOS do, without case. */
export function uniqueNames(names: string[]): string[] {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return names.map((name) => {
    let unique = name
    let count = counts.get(name.toLowerCase()) ?? 1
    while (taken.has(unique.toLowerCase())) unique = `${name}-${++count}`
    counts.set(name.toLowerCase(), count)
    taken.add(unique.toLowerCase())
    return unique
  })
}

const EXTENSIONS: Record<string, string> = { 'image/jpeg': 'jpg', 'image/png': 'png', 'image/webp': 'webp' }

/** `{stem}_{format}.{ext}`. */
export const fileNameOf = (stem: string, format: string, contentType: string): string =>
  `${stem}_${format}.${EXTENSIONS[contentType] ?? 'bin'}`

/** What leads elsewhere, what Windows does not take, and what is not seen or turns the text around. */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu

/** A name in any language as one of a file, without its extension: nothing in it leads anywhere or hides what it is. */
function plainName(name: string): string {
  const plain = name
    .toWellFormed()
    .replace(UNSAFE, ' ')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s.]+|[\s.]+$/gu, '')
  return plain === '' || RESERVED.test(plain.toLowerCase()) ? slugOf(plain, 'pictures') : plain
}

/** RFC 6266 and RFC 8187: a name in any language, with an ASCII one for clients that know no other. */
export function attachmentOf(name: string): string {
  const encoded = encodeURIComponent(plainName(name)).replace(
    /['()*!]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${slugOf(name, 'pictures')}.zip"; filename*=UTF-8''${encoded}.zip`
}
