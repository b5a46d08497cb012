// One request, one try. A client under test must see what really came back, or know that nothing did.

const limitMs = 30_000

/**
 * Sends one request to `origin` and answers `{ status, headers, body }` (`body` parsed JSON, else text), or
 * `{ lost: reason }` when no whole answer came: then nobody knows whether it was done. `cutAfterMs` gives the line up
 * after so long, as a client that loses its network does.
 */
export async function ask(origin, { method = 'GET', path, token, key, json, raw, cutAfterMs }) {
  const signals = [AbortSignal.timeout(limitMs)]
  if (cutAfterMs !== undefined) signals.push(AbortSignal.timeout(cutAfterMs))
  const body = raw ? raw.body : json === undefined ? undefined : JSON.stringify(json)
  const contentType = raw ? raw.contentType : 'application/json'
  try {
    const answer = await fetch(origin + path, {
      method,
      headers: {
        'accept-language': 'en',
        ...(body !== undefined && { 'content-type': contentType }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(key && { 'idempotency-key': key }),
      },
      ...(body !== undefined && { body }),
      signal: AbortSignal.any(signals),
      redirect: 'manual',
    })
    const text = await answer.text()
    // The dev server in front of the Worker answers for it while it is away: in words, not in the API's shape.
    if (answer.status >= 500 && !isApiError(text)) return { lost: `${answer.status} of the dev server` }
    return { status: answer.status, headers: answer.headers, body: parsed(text) }
  } catch (error) {
    return { lost: error.cause?.code ?? error.cause?.message ?? error.name }
  }
}

const parsed = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const isApiError = (text) => parsed(text)?.error?.code !== undefined
