// What both fake gateways share: orders by id, faults to come, counted calls, and the HTTP API that tests move them with.

/** What may be said of an order's state; each gateway has its own words for these. */
export const STATES = [
  ...['created', 'pending', 'authorized', 'challenged', 'paid', 'captured', 'reversed'],
  ...['expired', 'failed', 'cancelled', 'partially_refunded', 'refunded', 'partially_charged_back', 'charged_back'],
]

/** Faults that answer something wrong in place of the answer; `lost` and `hang` do the work first, then say nothing. */
const ANSWERS = {
  400: { status: 400, json: { Message: 'bad request', error_messages: ['bad request'] } },
  401: { status: 401, json: { Message: 'access denied', status_code: '401' } },
  429: { status: 429, json: { Message: 'too many requests' } },
  500: { status: 500, json: { Message: 'internal error' } },
  502: { status: 502, text: '<html>bad gateway</html>', headers: { 'content-type': 'text/html' } },
  503: { status: 503, text: '' },
  html: { status: 200, text: '<html>welcome</html>', headers: { 'content-type': 'text/html' } },
  lostPage: { status: 404, text: '<html>no such page</html>', headers: { 'content-type': 'text/html' } },
  empty: { status: 200, text: '' },
  cut: { status: 200, text: '{"statusCode":"00","transaction_status":"settlem' },
  strange: { status: 200, json: { statusCode: 7, transaction_status: [], order_id: null } },
  huge: { status: 200, text: `{"padding":"${'x'.repeat(128 * 1024)}"}` },
  redirect: { status: 302, json: {}, headers: { location: '/elsewhere' } },
  drop: 'drop',
}

/**
 * A gateway's memory. `noticeOf(order, options) -> {contentType, body}` writes its notices, `refuseState(state)` says why
 * it has no such state, or null.
 */
export function makeWorld({ noticeOf, refuseState = () => null }) {
  const orders = new Map()
  const calls = []
  let faults = []

  const order = (id) => orders.get(id)

  /** Makes or moves an order; what is not named stays. */
  function put(id, change) {
    if (change.state !== undefined && !STATES.includes(change.state)) throw new Error(`state is one of ${STATES}`)
    const refused = change.state === undefined ? null : refuseState(change.state)
    if (refused) throw new Error(refused)
    const before = orders.get(id) ?? { id, state: 'pending', amountRupiah: 100_000, refundedRupiah: 0, raw: {} }
    const after = { ...before, ...change, id, raw: { ...before.raw, ...change.raw } }
    orders.set(id, after)
    return after
  }

  /** Runs a call of the protocol: counted, and met by the next fault that is meant for it. */
  function meet(kind, id, work) {
    const fault = faults.find((each) => (each.id ?? id) === id && (each.path ?? kind) === kind && each.count > 0)
    if (fault) fault.count -= 1
    const record = { kind, id, fault: fault?.next ?? null, status: null }
    calls.push(record)
    if (fault && fault.next in ANSWERS) return ANSWERS[fault.next]
    const answer = work()
    record.status = answer.status
    if (fault?.next === 'lost') return 'drop'
    if (fault?.next === 'hang') return 'hang'
    return answer
  }

  /** Answers `/_control/...`; undefined for every other path. */
  async function control({ method, path, query, body }) {
    const [, root, noun, id] = path.split('/')
    if (root !== '_control') return undefined
    const sent = body === '' ? {} : JSON.parse(body)
    const known = id === undefined ? undefined : orders.get(id)
    if (noun === 'orders' && method === 'POST') return { status: 200, json: put(id, sent) }
    if (noun === 'orders')
      return known ? { status: 200, json: known } : { status: 404, json: { error: 'no such order' } }
    if (noun === 'notices') {
      if (!known) return { status: 404, json: { error: 'no such order' } }
      return { status: 200, json: noticeOf(asAsked(known, query.get('kind')), Object.fromEntries(query)) }
    }
    if (noun === 'send') return { status: 200, json: await send(sent) }
    if (noun === 'calls') return { status: 200, json: countCalls(query.get('id')) }
    if (noun === 'faults' && method === 'DELETE') faults = []
    else if (noun === 'faults') faults.push(readFault(sent))
    else return { status: 404, json: { error: 'no such control' } }
    return { status: 200, json: {} }
  }

  /** The order as it would be in another state, for notices late or early. */
  const asAsked = (known, kind) => {
    if (kind === null) return known
    if (!STATES.includes(kind)) throw new Error(`kind is one of ${STATES}`)
    return { ...known, state: kind }
  }

  /** Really posts a notice, to this machine only. */
  async function send({ id, to, kind = null, ...options }) {
    if (new URL(to).hostname !== '127.0.0.1') throw new Error('notices go to 127.0.0.1 only')
    if (!orders.has(id)) throw new Error('no such order')
    const notice = noticeOf(asAsked(orders.get(id), kind), options)
    const headers = { 'content-type': notice.contentType }
    const answer = await fetch(to, { method: 'POST', headers, body: notice.body, redirect: 'manual' })
    return { status: answer.status, body: await answer.text() }
  }

  function readFault({ next, count = 1, path, id }) {
    if (!(next in ANSWERS) && next !== 'lost' && next !== 'hang')
      throw new Error(`next is one of ${Object.keys(ANSWERS)}`)
    if (path !== undefined && path !== 'create' && path !== 'status') throw new Error('path is create or status')
    return { next, count, path, id }
  }

  /** How often each call came, of one order or of all; `refused` of them were answered 4xx by the gateway's own rules. */
  function countCalls(id) {
    const mine = calls.filter((call) => id === null || call.id === id)
    const count = (is) => mine.filter(is).length
    return {
      create: count((call) => call.kind === 'create'),
      status: count((call) => call.kind === 'status'),
      refused: count((call) => call.status !== null && call.status >= 400 && call.status !== 404),
      faults: count((call) => call.fault !== null),
    }
  }

  return { order, put, meet, control }
}
