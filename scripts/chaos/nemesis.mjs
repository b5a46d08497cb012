// Waits for the moment of a kill.
import { EventEmitter, once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'

/** A request of the wanted kind may never come: then the kill strikes all the same. */
const patienceMs = 6_000

/** Hears of requests going out (`sent(kind)`) and waits for a kill's moment. */
export function newNemesis() {
  const requests = new EventEmitter()
  return {
    sent: (kind) => requests.emit(kind),
    async moment({ at, nth, delayMs }) {
      if (at !== 'load' && at !== 'boot') {
        const signal = AbortSignal.timeout(patienceMs)
        try {
          for (let seen = 0; seen < nth; seen++) await once(requests, at, { signal })
        } catch (error) {
          if (error.name !== 'AbortError') throw error
        }
      }
      await wait(delayMs)
    },
  }
}

/** Sellers work while it is open. `close()` resolves when each of `workers` stands before it; `end()` sends them home. */
export function newGate(workers) {
  let state = 'closed'
  let waiting = []
  let allStand = () => {}
  const letGo = () => {
    for (const go of waiting) go()
    waiting = []
  }
  return {
    /** Waits for the gate. False when there is no more work. */
    async pass() {
      while (state === 'closed')
        await new Promise((go) => {
          waiting.push(go)
          if (waiting.length === workers) allStand()
        })
      return state === 'open'
    },
    open() {
      if (state === 'closed') state = 'open'
      letGo()
    },
    async close() {
      if (state === 'open') state = 'closed'
      if (state === 'closed' && waiting.length < workers)
        await new Promise((done) => {
          allStand = done
        })
    },
    end() {
      state = 'ended'
      letGo()
      allStand()
    },
  }
}
