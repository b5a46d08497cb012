import { describeError, makeLog } from '../kernel/log'

const MIB = 1024 * 1024
/**
 * What one job may hold at once, of the 128 MB of an isolate that serves other requests meanwhile: WebAssembly memory, which
 * never shrinks, and that with all buffers. Pictures of 1024x1024 take 24 to 34 MiB and 40 to 49; pure noise takes both.
 */
export const MEMORY_PLAN = { wasmBytes: 48 * MIB, allBytes: 64 * MIB }

/** One thing that a job holds: WebAssembly memory, or a buffer of more than a few kilobytes. */
export type Holding = { name: string; kind: 'wasm' | 'buffer'; bytes: number }

/** The most that a job ever held at once. */
export type Holdings = {
  /** Looks at what is held now; call it when most is. */
  note(now: Holding[]): void
  readonly peak: Holding[]
  /** Most WebAssembly memory at once; not always when most of all was held. */
  readonly wasmBytes: number
}

export function countHoldings(): Holdings {
  let peak: Holding[] = []
  let wasmBytes = 0
  return {
    note(now) {
      if (total(now) > total(peak)) peak = now
      wasmBytes = Math.max(wasmBytes, total(now.filter(({ kind }) => kind === 'wasm')))
    },
    get peak() {
      return peak
    },
    get wasmBytes() {
      return wasmBytes
    },
  }
}

const total = (holdings: Holding[]): number => holdings.reduce((sum, { bytes }) => sum + bytes, 0)

/** Throws when a job held more than its plan: local runtimes have no limit, so nothing else would tell. */
export function assertMemoryPlan({ peak, wasmBytes }: Pick<Holdings, 'peak' | 'wasmBytes'>): void {
  if (wasmBytes <= MEMORY_PLAN.wasmBytes && total(peak) <= MEMORY_PLAN.allBytes) return
  const mib = (bytes: number) => (bytes / MIB).toFixed(1)
  const named = peak.map(({ name, bytes }) => `${name} ${mib(bytes)}`).join(', ')
  throw new Error(`a picture job held ${mib(wasmBytes)} MiB of WebAssembly and ${mib(total(peak))} in all: ${named}`)
}

/** After a job: its files are good, so this only logs. An error in the log fails every test in workerd. */
export function checkMemoryPlan(imageId: string, holdings: Holdings): void {
  try {
    assertMemoryPlan(holdings)
  } catch (error) {
    makeLog({ imageId })('error', 'memory_plan_exceeded', { reason: describeError(error) })
  }
}
