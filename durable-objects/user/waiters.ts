import { findJob } from './jobs'

/** Calls of one user that may wait at the same time; the next is answered at once. */
export const MAX_WAITERS = 20
export const MAX_WAIT_MS = 60_000

/** `over`: the time ran out first. `full`: too many wait already. */
export type WaitAnswer = 'ended' | 'over' | 'full' | 'unknown'

type Waiter = { jobId: string; answer: (answer: WaitAnswer) => void }

/**
 * Calls that wait for the end of a job. They live in memory alone: an object that goes away breaks them, and whoever asked
 * reads what there is. Nothing is polled; each command looks after itself whether it ended a job that somebody waits for.
 */
export function makeWaiters() {
  const waiting = new Set<Waiter>()

  return {
    /** Answers when the job has ended, or after `ms` (60 s at most). */
    async wait(sql: SqlStorage, jobId: string, ms: number): Promise<WaitAnswer> {
      const job = findJob(sql, jobId)
      if (!job) return 'unknown'
      if (job.ended_at !== null) return 'ended'
      if (waiting.size >= MAX_WAITERS) return 'full'
      return new Promise((resolve) => {
        const timer = setTimeout(() => answer('over'), Math.min(ms, MAX_WAIT_MS))
        const waiter: Waiter = { jobId, answer }
        waiting.add(waiter)
        function answer(what: WaitAnswer): void {
          clearTimeout(timer)
          waiting.delete(waiter)
          resolve(what)
        }
      })
    },

    /** After a commit: answers those whose job has ended. Reads nothing while nobody waits. */
    wake(sql: SqlStorage): void {
      for (const { jobId, answer } of [...waiting]) if (findJob(sql, jobId)?.ended_at !== null) answer('ended')
    },
  }
}
