export const requiredSecrets: readonly string[]
export function lockMatches(lockfileText: string, installedText: string): boolean
export function completeDevVars(text: string, newSecret: () => string): string
export function localConfig(toml: string): string
export function ensureDevVars(path?: string): void
export function hashFiles(paths: readonly string[], base?: string): string
