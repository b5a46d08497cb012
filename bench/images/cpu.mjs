// CPU time of the Worker's threads, where the system tells it (Linux).
import { readdirSync, readFileSync } from 'node:fs'

/**
 * A function that answers how many milliseconds the main threads of the workerd processes that this process started have
 * run: the Worker's and the proxy's in front of it. Null on systems without /proc.
 */
export function cpuClock() {
  let pids = []
  try {
    pids = workerds()
  } catch {}
  if (pids.length === 0) return () => null
  const nanoseconds = (pid) => Number(readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ')[0])
  return () => pids.reduce((sum, pid) => sum + nanoseconds(pid), 0) / 1e6
}

function workerds() {
  const parents = new Map()
  const names = new Map()
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      names.set(pid, stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')))
      parents.set(pid, stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
    } catch {} // gone meanwhile
  }
  const isOurs = (pid) => pid === String(process.pid) || (parents.has(pid) && isOurs(parents.get(pid)))
  return [...names.keys()].filter((pid) => names.get(pid) === 'workerd' && isOurs(pid))
}
