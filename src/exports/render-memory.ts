import { describeError, makeLog } from '../kernel/log'

/** What one job may hold at once, of the 128 MB of an isolate that serves other requests meanwhile. */
export const MEMORY_PLAN_BYTES = 48 * 1024 * 1024

/** One thing a job held: WebAssembly memory or a buffer of more than a few kilobytes. */
export type Holding = { name: string; bytes: number }

/** What a job holds now, and the most it ever held at once. */
export type Holdings = {
  /** Looks at what is held now; call it when most is. */
  note(now: Holding[]): void
  readonly peak: Holding[]
}

export function countHoldings(): Holdings {
  let peak: Holding[] = []
  return {
    note(now) {
      if (total(now) > total(peak)) peak = now
    },
    get peak() {
      return peak
    },
  }
}

const total = (holdings: Holding[]): number => holdings.reduce((sum, { bytes }) => sum + bytes, 0)

/** Throws when a job held more than its plan: local runtimes have no limit, so nothing else would tell. */
export function assertMemoryPlan(holdings: Holding[]): void {
  if (total(holdings) <= MEMORY_PLAN_BYTES) return
  const named = holdings.map(({ name, bytes }) => `${name} ${(bytes / 2 ** 20).toFixed(1)}`).join(', ')
  throw new Error(`a picture job held ${(total(holdings) / 2 ** 20).toFixed(1)} MiB, more than its plan: ${named}`)
}

/** After a job: its files are good, so this only logs. An error in the log fails every test. */
export function checkMemoryPlan(imageId: string, holdings: Holdings): void {
  try {
    assertMemoryPlan(holdings.peak)
  } catch (error) {
    makeLog({ imageId })('error', 'memory_plan_exceeded', { reason: describeError(error) })
  }
}
