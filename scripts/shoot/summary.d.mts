export type Summary = {
  pictures: { asked: number; made: number; failed: number; cancelled: number }
  credits: { held: number; charged: number; released: number; balance: number }
  picturesPerSecond: number
  failures: string[]
  exitCode: number
}
export function summarize(shoot: {
  asked: number
  held: number
  generation: { id: string; status: string; creditCharged: number; creditRefunded: number }
  progress: { posesCompleted: number; posesFailed: number; posesCancelled: number }
  images: { variationKey: string; status: string; error?: { message?: string } | string | null }[]
  balance: number
  elapsedMs: number
  dir: string
  files: string[]
  sheet?: string
  downloadFailures: string[]
}): Summary
export function summaryText(summary: Summary): string
