// What goes wrong at a fake provider, what it counts, and the HTTP API (/_control/...) by which tests and proofs move both.
import { setTimeout as wait } from 'node:timers/promises'
import { jsonOf } from './http.mjs'

const html = (status, text) => ({ status, text: `<html>${text}</html>` })

/** Faults that answer something wrong in place of doing the work. A server may put its own words in their place. */
export const ANSWERS = {
  400: { status: 400, json: { detail: 'bad request' } },
  401: { status: 401, json: { detail: 'no such key' } },
  402: { status: 402, json: { detail: 'payment required' } },
  403: { status: 403, json: { detail: 'forbidden' } },
  404: { status: 404, json: { detail: 'not found' } },
  408: { status: 408, json: { detail: 'request timeout' } },
  413: { status: 413, json: { detail: 'too large' } },
  429: { status: 429, json: { detail: 'too many requests' } },
  '429-retry-after': { status: 429, json: { detail: 'too many requests' }, headers: { 'retry-after': '2' } },
  500: { status: 500, json: { detail: 'internal error' } },
  502: html(502, 'bad gateway'),
  503: { status: 503, json: { detail: 'unavailable' } },
  '503-cold': { status: 503, json: { error: 'Model is loading', estimated_time: 2 } },
  '400-oom': { status: 400, json: { error: 'CUDA out of memory' } },
  '400-nsfw': { status: 400, json: { detail: 'NSFW content detected in the prompt' } },
  redirected: { status: 307, json: {}, headers: { location: '/elsewhere' } },
  page: html(200, 'welcome'),
  empty: { status: 200, text: '' },
  strange: { status: 200, json: { id: 7, status: [], images: 'none', data: null, result: 0 } },
  half: { status: 200, json: { request_id: 'x'.repeat(2_000) }, cut: true },
  reset: 'drop',
  hang: 'hang',
  drip: 'drip',
  // Few bytes, many objects: 20 MB of memory and more for each MB.
  'many-values': { status: 200, text: `[${'[],'.repeat(400_000)}0]` },
  deep: { status: 200, text: '['.repeat(600_000) + ']'.repeat(600_000) },
}

/** Faults that damage the result of work that is done; what each means is for the server. `lost-answer` drops the answer. */
export const DAMAGES = [
  ...[
    'truncated',
    'html',
    'black',
    'huge',
    'gone',
    'redirect',
    'foreign',
    'wrong-size',
    'inline',
    'no-picture',
    'half-picture',
  ],
  ...[
    'moderated-in',
    'moderated-out',
    'nsfw-flag',
    'invalid',
    'failed',
    'runner',
    'lost',
    'lost-answer',
    'foreign-urls',
    'long-urls',
    'no-output',
  ],
]

/** Kinds of calls that can be met by a fault; submissions unless told otherwise. */
const PATHS = ['submit', 'poll', 'result', 'download', 'cancel']

/**
 * A provider's plan of faults and its counters. `answers` are its own words for faults of ANSWERS, or faults of its own;
 * `inFlight()` and `jobs()` answer for jobs that go on while nobody asks (jobs.mjs).
 */
export function makePlan({ answers = {}, inFlight = () => 0, jobs = () => [], forget = () => {} } = {}) {
  const said = { ...ANSWERS, ...answers }
  let state = fresh()

  function fresh() {
    const counts = { calls: 0, submissions: 0, polls: 0, cancels: 0, downloads: 0, downloadsWithKey: 0, delivered: 0 }
    return { queued: [], mix: null, dead: false, latencyMs: 0, open: 0, maxInFlight: 0, byFault: {}, ...counts }
  }

  /** Meets a call of the protocol: counted, then answered by a fault, or by `work(fault)`; its fault is null or of DAMAGES. */
  async function meet(path, request, work) {
    state.calls += 1
    const counter = { submit: 'submissions', poll: 'polls', cancel: 'cancels', download: 'downloads' }[path]
    if (counter) state[counter] += 1
    if (path === 'download' && request.headers.authorization) state.downloadsWithKey += 1
    if (state.dead) return note('dead', 'drop')
    const fault = next(path)
    if (fault && fault.next in said) return note(fault.next, said[fault.next])
    if (fault) note(fault.next)
    const answer = await work(fault)
    noteInFlight()
    return fault?.next === 'lost-answer' ? 'drop' : answer
  }

  /** The same for a provider that answers with the picture itself: in flight while the request is open. */
  async function meetOpen(request, work) {
    state.open += 1
    noteInFlight()
    try {
      const answer = await meet('submit', request, async (fault) => {
        await wait(state.latencyMs, undefined, { signal: request.signal }).catch(() => {})
        return request.signal.aborted ? 'drop' : work(fault)
      })
      if (answer !== 'hang') return answer
      await givenUp(request.signal)
      return 'drop'
    } finally {
      state.open -= 1
    }
  }

  function next(path) {
    const queued = state.queued.find((fault) => fault.path === path && fault.count > 0)
    if (queued) {
      queued.count -= 1
      return queued
    }
    return path === 'submit' ? (state.mix?.() ?? null) : null
  }

  function note(fault, answer) {
    state.byFault[fault] = (state.byFault[fault] ?? 0) + 1
    return answer
  }

  const noteInFlight = () => {
    state.maxInFlight = Math.max(state.maxInFlight, state.open + inFlight())
  }

  /** Answers `/_control/...`; undefined for every other path. */
  async function control(request) {
    const [, root, noun] = request.path.split('/')
    if (root !== '_control') return undefined
    const sent = jsonOf(request) ?? {}
    try {
      if (noun === 'stats' && request.method === 'GET') return { status: 200, json: stats() }
      if (request.method !== 'POST') return { status: 405, json: { error: 'POST, or GET stats' } }
      if (noun === 'faults') state.queued.push(readFault(sent, said))
      else if (noun === 'mix') state.mix = readMix(sent, said)
      else if (noun === 'dead') state.dead = sent.dead === true
      else if (noun === 'latency') state.latencyMs = readWhole(sent.ms, 'ms')
      else if (noun === 'reset') {
        state = fresh()
        forget()
      } else return { status: 404, json: { error: 'faults, mix, dead, latency, stats or reset' } }
      return { status: 200, json: {} }
    } catch (error) {
      return { status: 400, json: { error: error.message } }
    }
  }

  function stats() {
    const { queued, mix, open, ...counts } = state
    return { ...counts, inFlight: open + inFlight(), jobs: jobs() }
  }

  return {
    control,
    meet,
    meetOpen,
    stats,
    latencyMs: () => state.latencyMs,
    /** A picture left in good order. */
    delivered: () => {
      state.delivered += 1
    },
  }
}

/** When the client has gone away. */
const givenUp = (signal) =>
  new Promise((done) => {
    if (signal.aborted) done()
    else signal.addEventListener('abort', done, { once: true })
  })

/** What a server need not know of a fault is kept with it: `url` of `foreign`, say. */
function readFault({ next, count = 1, path = 'submit', ...rest }, said) {
  checkName(next, said)
  if (!PATHS.includes(path)) throw new Error(`path is one of ${PATHS.join(', ')}`)
  return { ...rest, next, count: readWhole(count, 'count'), path }
}

/** A function that draws a fault or null for each submission: the same for the same seed. */
function readMix({ seed = 1, rates = {} }, said) {
  const entries = Object.entries(rates)
  for (const [name, rate] of entries) {
    checkName(name, said)
    if (!(rate >= 0 && rate <= 1)) throw new Error('a rate is 0 to 1')
  }
  if (entries.reduce((sum, [, rate]) => sum + rate, 0) > 1) throw new Error('rates are 1 together at most')
  const random = seededRandom(readWhole(seed, 'seed'))
  return () => {
    let left = random()
    for (const [next, rate] of entries) {
      if (left < rate) return { next }
      left -= rate
    }
    return null
  }
}

function checkName(name, said) {
  if (!(name in said) && !DAMAGES.includes(name))
    throw new Error(`a fault is one of ${[...Object.keys(said), ...DAMAGES].join(', ')}`)
}

function readWhole(value, name) {
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} is a whole number`)
  return value
}

/** mulberry32 (public domain, Tommy Ettinger): numbers from 0 to 1, the same for the same seed. */
function seededRandom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
