// The one line that says how far a shoot is, redrawn in a terminal and written now and then into a log.
import { stripVTControlCharacters } from 'node:util'

const barWidth = 24
const logEveryMs = 5_000

/**
 * One line of progress, at most `width` columns: `[████░░░░] 3/8  1 failed  Carry a box  0:12 left`.
 * `done` counts finished and failed pictures, `secondsLeft` is undefined while nobody knows.
 */
export function progressLine({ done, failed, total, pose, secondsLeft }, width = 80) {
  const filled = total > 0 ? Math.floor((barWidth * Math.min(done, total)) / total) : 0
  const head = `[${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)}] ${String(done).padStart(String(total).length)}/${total}`
  const tail = [failed > 0 ? `${failed} failed` : '', secondsLeft === undefined ? '' : `${timeLeft(secondsLeft)} left`]
  const room = width - head.length - tail.reduce((sum, part) => sum + (part ? part.length + 2 : 0), 0) - 2
  return [head, tail[0], room >= 4 ? shorten(pose ?? '', room) : '', tail[1]].filter(Boolean).join('  ').slice(0, width)
}

/** Seconds as `m:ss` below an hour, then `h:mm:ss`. */
export function timeLeft(seconds) {
  const whole = Math.max(0, Math.ceil(seconds))
  const two = (value) => String(value).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}:${two(whole % 60)}`
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/** Names come from a server: control characters in them must not reach the terminal. */
function shorten(text, width) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to remove
  const clean = stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f]/g, ' ')
  return clean.length <= width ? clean : `${clean.slice(0, width - 1)}…`
}

/**
 * Shows progress on a stream: a redrawn line on a terminal, otherwise a line each 5 s. `update(state)` takes what
 * progressLine takes, `say(text)` writes a line above it, `end()` leaves the last state standing.
 */
export function progressBar(stream, now = Date.now) {
  const live = stream.isTTY === true
  let state
  let lastLoggedMs = 0
  let spokenAtMs = now()
  let ticker

  const current = () => {
    if (state.secondsLeft === undefined) return state
    return { ...state, secondsLeft: Math.max(0, state.secondsLeft - (now() - spokenAtMs) / 1000) }
  }
  const draw = () => {
    if (live) stream.write(`\r\u001b[K${progressLine(current(), (stream.columns || 80) - 1)}`)
  }
  const log = () => {
    lastLoggedMs = now()
    stream.write(`${progressLine(current(), 100)}\n`)
  }
  return {
    update(next) {
      state = next
      spokenAtMs = now()
      ticker ??= setInterval(() => (live ? draw() : log()), live ? 1000 : logEveryMs).unref()
      if (live) draw()
      else if (now() - lastLoggedMs >= logEveryMs) log()
    },
    say(text) {
      stream.write(live && state ? `\r\u001b[K${text}\n` : `${text}\n`)
      if (state) draw()
    },
    end() {
      clearInterval(ticker)
      if (!state) return
      state = { ...current(), secondsLeft: undefined, pose: undefined }
      if (live) {
        draw()
        stream.write('\n')
      } else log()
      state = undefined
    },
  }
}
