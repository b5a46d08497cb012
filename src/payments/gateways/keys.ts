/** A gateway's key and the one before it, which verifies notices until `previousUntilMs` (null = no longer). */
export type SigningKeys = { current: string; previous: string; previousUntilMs: number | null }

/** Keys that a notice may be signed with now. Our own requests always use `current`. */
export const noticeKeys = ({ current, previous, previousUntilMs }: SigningKeys, now: number): string[] =>
  previous !== '' && previousUntilMs !== null && now < previousUntilMs ? [current, previous] : [current]
