import type { TaggedTest } from './scan.mjs'

export type Row = { id: string; fault: string; required: string; why?: string; also?: string }
export type FaultList = { groups: readonly { id: string; title: string; rows: readonly Row[] }[] }
export function problemsOf(list: FaultList, tests: readonly TaggedTest[], shown?: string): string[]
export function pageOf(list: FaultList, tests: readonly TaggedTest[], folder?: string): string
