// A small loopback HTTP server for the fake providers: whole bodies as bytes, answers of any kind. Node built-ins only.
import { createServer } from 'node:http'

const host = '127.0.0.1'
const maxBodyBytes = 40 * 1024 * 1024
const hangLimitMs = 600_000

/**
 * Serves `handle(request) -> answer` on loopback; port 0 takes a free one. `request` is {method, path, query, headers, body:
 * Buffer, signal}, its signal aborted when the client goes away before it has its answer. An answer is {status, json | text | bytes,
 * headers?, cut?}, or `drop` (the line is cut without a word), or `hang` (silence until the client gives up), or `drip` (a
 * success whose body never ends). `cut` sends half of what its length promises.
 */
export async function serve(handle, port = 0) {
  const server = createServer(async (incoming, outgoing) => {
    const body = await readBody(incoming)
    if (!body) return incoming.destroy()
    const gone = new AbortController()
    outgoing.once('close', () => outgoing.writableFinished || gone.abort())
    const url = new URL(incoming.url, `http://${host}`)
    const { method, headers } = incoming
    const request = { method, path: url.pathname, query: url.searchParams, headers, body, signal: gone.signal }
    let answer
    try {
      answer = await handle(request)
    } catch (error) {
      answer = { status: 500, json: { error: `the fake provider failed: ${error?.message}` } }
    }
    send(outgoing, answer)
  })
  await new Promise((done, failed) => server.once('error', failed).listen(port, host, done))
  return {
    url: `http://${host}:${server.address().port}`,
    stop: () =>
      new Promise((done) => {
        server.close(done)
        server.closeAllConnections()
      }),
  }
}

/** The JSON of a body; undefined when it is none. */
export function jsonOf({ body }) {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** The whole body; null when it is too long or its line broke. */
async function readBody(incoming) {
  const chunks = []
  let bytes = 0
  try {
    for await (const chunk of incoming) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) return null
      chunks.push(chunk)
    }
  } catch {
    return null
  }
  return Buffer.concat(chunks)
}

function send(outgoing, answer) {
  if (outgoing.destroyed) return
  if (answer === 'drop') return outgoing.destroy()
  if (answer === 'hang') return void setTimeout(() => outgoing.destroy(), hangLimitMs).unref()
  if (answer === 'drip') return drip(outgoing)
  const [type, body] = bodyOf(answer)
  outgoing.writeHead(answer.status, { 'content-type': type, 'content-length': body.length, ...answer.headers })
  if (!answer.cut) return outgoing.end(body)
  outgoing.write(body.subarray(0, Math.floor(body.length / 2)), () => outgoing.destroy())
}

/** A sign every now and then: each is a sign of life. */
function drip(outgoing) {
  outgoing.writeHead(200, { 'content-type': 'application/json' })
  const timer = setInterval(() => outgoing.write(' '), 20)
  outgoing.once('close', () => clearInterval(timer))
}

function bodyOf({ json, text, bytes }) {
  if (bytes) return ['application/octet-stream', Buffer.from(bytes)]
  if (text !== undefined) return ['text/html; charset=utf-8', Buffer.from(text)]
  return ['application/json', Buffer.from(JSON.stringify(json ?? {}))]
}
