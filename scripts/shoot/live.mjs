// The live line to the server: one WebSocket that comes back by itself and misses nothing.
import { backoffMs } from './client.mjs'

const pingEveryMs = 20_000
const connectLimitMs = 15_000
const giveUpAfterTries = 20

/**
 * Opens the live line with a one-time ticket and waits until the server has greeted. Each event goes to
 * `onEvent(event)`; after a lost line the missed ones come first (`resume` after the last number seen), and
 * `onReconnect()` is called, because a server that restarted may have trimmed its log. Events can repeat.
 * `onLost(reason)` is called when the line stays down for 20 tries. Answers `{ close }`; throws when the first
 * connection fails.
 */
export async function openLive(api, { onEvent, onReconnect, onLost }) {
  let lastSeq
  let socket
  let closed = false
  let pinger
  let heard = true

  async function connect() {
    const { ticket } = await api.post('/live/ticket')
    const address = `${api.origin.replace(/^http/, 'ws')}/api/v1/live`
    const next = new WebSocket(address, ['lumiku.v1', `ticket.${ticket}`])
    await greeted(next)
    socket = next
    heard = true
    clearInterval(pinger)
    pinger = setInterval(checkAlive, pingEveryMs)
    pinger.unref()
  }

  // Resolves with the server's greeting; every later message is an event. The handlers stand before the first await,
  // so that nothing that follows the greeting closely is lost.
  function greeted(next) {
    return new Promise((done, failed) => {
      let greetedYet = false
      const limit = setTimeout(() => next.close(), connectLimitMs)
      next.addEventListener('message', ({ data }) => {
        heard = true
        if (data === 'pong') return
        const event = JSON.parse(data)
        if (event.type === 'connected') {
          greetedYet = true
          clearTimeout(limit)
          if (lastSeq === undefined) lastSeq = event.seq
          else if (event.seq > lastSeq) next.send(JSON.stringify({ type: 'resume', after: lastSeq }))
          done()
          return
        }
        if (event.seq > lastSeq) lastSeq = event.seq
        onEvent(event)
      })
      next.addEventListener('close', ({ code, reason }) => {
        clearTimeout(limit)
        if (!greetedYet) failed(new Error(`The live line did not open (${code}${reason ? ` ${reason}` : ''})`))
        else if (next === socket) reconnect()
      })
      next.addEventListener('error', () => {}) // a close event always follows and says more
    })
  }

  async function reconnect() {
    clearInterval(pinger)
    socket = undefined
    for (let tried = 1; tried <= giveUpAfterTries && !closed; tried++) {
      await new Promise((done) => setTimeout(done, backoffMs(tried)))
      if (closed) return
      try {
        await connect()
        onReconnect()
        return
      } catch {
        // still down: the next try waits longer
      }
    }
    if (!closed) onLost(new Error('The live line to the server is lost.'))
  }

  // A sleeping laptop or a dead router closes nothing: silence since the last ping is the only sign.
  function checkAlive() {
    if (!heard) {
      const dead = socket
      reconnect()
      dead?.close()
      return
    }
    heard = false
    socket?.send('ping')
  }

  await connect()
  return {
    close() {
      closed = true
      clearInterval(pinger)
      const open = socket
      socket = undefined
      open?.close()
    },
  }
}
