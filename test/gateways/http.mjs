// A small loopback HTTP server for the fake gateways: one handler, whole bodies, JSON answers. Node built-ins only.
import { createServer } from 'node:http'

const host = '127.0.0.1'
const maxBodyBytes = 256 * 1024
const hangLimitMs = 30_000

/**
 * Serves `handle(request) -> {status, json | text, headers?} | 'drop' | 'hang'` on loopback; port 0 takes a free one.
 * `drop` cuts the line without an answer, `hang` says nothing until the client gives up.
 */
export async function serve(handle, port = 0) {
  const server = createServer(async (incoming, outgoing) => {
    const chunks = []
    let bytes = 0
    for await (const chunk of incoming) {
      bytes += chunk.length
      if (bytes > maxBodyBytes) return incoming.destroy()
      chunks.push(chunk)
    }
    const url = new URL(incoming.url, `http://${host}`)
    const body = Buffer.concat(chunks).toString('utf8')
    const request = {
      method: incoming.method,
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body,
    }
    let answer
    try {
      answer = await handle(request)
    } catch (error) {
      answer = { status: 400, json: { error: String(error) } }
    }
    if (answer === 'drop') return outgoing.destroy()
    if (answer === 'hang') return void setTimeout(() => outgoing.destroy(), hangLimitMs).unref()
    const text = answer.text ?? JSON.stringify(answer.json)
    outgoing.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    outgoing.end(text)
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
