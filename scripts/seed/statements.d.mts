/** SQL statements that fill or update the pose library and the presets of avatars; see statements.mjs. */
export function libraryStatements(options?: { limit?: number }): string[]

/** SHA-256 (hex) of the data files and of the code that turns them into rows. */
export function libraryVersion(): string

/** SHA-256 (hex) of data/avatars and of the code that turns it into rows. */
export function presetsVersion(): string
