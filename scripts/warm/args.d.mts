export const HELP: string
export type WarmArgs = { help: boolean; url: string; aspects: string[]; sides: boolean[]; concurrency: number }
export function readWarmArgs(argv: string[]): WarmArgs
