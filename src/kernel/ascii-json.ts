/** JSON in ASCII, as HTTP headers want it (RFC 9110 section 5.5); JSON.parse reads it back. */
export const toAsciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
