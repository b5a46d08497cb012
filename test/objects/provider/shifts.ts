import type { Limits } from '../../../src/providers/contract'
import { LEASE_MS, LIMITS, type Provider, T0 } from './fixtures'

/** An owner with so many pictures, of which `window` are asked for at the same time. */
export type Shoot = { owner: string; weight?: number; pictures: number; window: number; startsAt?: number }

type Ask = { at: number; shoot: Shoot; leaseId: string; isSettling: boolean }
export type Ran = {
  /** Pictures of an owner that ended, and when the last did. */
  ended: Map<string, { pictures: number; lastAt: number }>
  /** Slots in use at once, at most, and on the average as a share of the limit. */
  mostInUse: number
  usedShare: number
}

/**
 * Lets shoots run at a provider that takes `tookMs(n)` for its n-th picture. Who is told to come again does so after the
 * time he was told. Stops at `untilMs` or when all is made.
 */
export function runShoots(
  provider: Provider,
  shoots: readonly Shoot[],
  { tookMs, untilMs, limits = LIMITS }: { tookMs: (n: number) => number; untilMs: number; limits?: Limits },
): Ran {
  const ended: Ran['ended'] = new Map()
  const asked = new Map<Shoot, number>()
  const agenda: Ask[] = []
  const next = (shoot: Shoot, at: number) => {
    const n = asked.get(shoot) ?? 0
    if (n >= shoot.pictures) return
    asked.set(shoot, n + 1)
    agenda.push({ at, shoot, leaseId: `${shoot.owner}:${n}`, isSettling: false })
  }
  for (const shoot of shoots) for (let n = 0; n < shoot.window; n++) next(shoot, T0 + (shoot.startsAt ?? 0) + n)

  let made = 0
  let inUse = 0
  let mostInUse = 0
  let slotMs = 0
  let lastAt = T0
  while (agenda.length > 0) {
    const soonest = agenda.reduce((best, ask, n) => (ask.at < agenda[best]!.at ? n : best), 0)
    const [turn] = agenda.splice(soonest, 1)
    if (!turn || turn.at > T0 + untilMs) break
    const { at, shoot, leaseId } = turn
    slotMs += inUse * (at - lastAt)
    lastAt = at
    if (turn.isSettling) {
      provider.settle(leaseId, 'ok', at)
      inUse--
      ended.set(shoot.owner, { pictures: (ended.get(shoot.owner)?.pictures ?? 0) + 1, lastAt: at })
      next(shoot, at)
      continue
    }
    const { owner, weight = 1 } = shoot
    const answer = provider.admit(leaseId, { owner, weight, leaseMs: LEASE_MS, limits }, at)
    if (answer.go) {
      mostInUse = Math.max(mostInUse, ++inUse)
      agenda.push({ ...turn, at: at + tookMs(made++), isSettling: true })
    } else agenda.push({ ...turn, at: at + answer.retryAfterMs })
  }
  return { ended, mostInUse, usedShare: slotMs / (limits.slots * (lastAt - T0)) }
}
