export type Progress = {
  done: number
  failed: number
  total: number
  pose?: string | undefined
  secondsLeft?: number | undefined
}
export function progressLine(progress: Progress, width?: number): string
export function timeLeft(seconds: number): string
export function progressBar(
  stream: { isTTY?: boolean; columns?: number; write(text: string): unknown },
  now?: () => number,
): { update(next: Progress): void; say(text: string): void; end(): void }
