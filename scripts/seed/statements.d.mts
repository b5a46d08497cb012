/** SQL statements that fill or update the pose library; see statements.mjs. */
export function libraryStatements(options?: { limit?: number }): string[]

/** SHA-256 (hex) of the data files and of the code that turns them into rows. */
export function libraryVersion(): string
