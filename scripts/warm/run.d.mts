import type { Progress } from '../shoot/progress.mjs'

export type WarmResult = {
  total: number
  done: number
  failed: number
  bytes: number
  elapsedMs: number
  isInterrupted: boolean
}
export function warm(
  args: { url: string; aspects: string[]; sides: boolean[]; concurrency: number },
  bar: { update(next: Progress): void; say(text: string): void },
  signal: AbortSignal,
): Promise<WarmResult>
export function summaryOf(result: WarmResult): string
