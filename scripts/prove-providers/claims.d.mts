export type Row = { what: string; measured: string; verdict: 'true' | 'NOT TRUE' | '' }
export function newClaims(): {
  rows: Row[]
  claim(what: string, measured: string, holds: boolean): void
  note(what: string, measured: string): void
}
export function failedClaims(rows: readonly Row[]): Row[]
export function table(scenarios: readonly { name: string; tookMs: number; rows: readonly Row[] }[]): string
export function quantile(values: readonly number[], share: number): number
export function counted(words: readonly string[]): string
