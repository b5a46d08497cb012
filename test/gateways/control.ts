/** What a test may say of an order at a fake gateway; `raw` overrides fields of the gateway's own answers. */
export type OrderChange = {
  state?: string
  amountRupiah?: number
  refundedRupiah?: number
  currency?: string
  paymentType?: string
  /** Midtrans' fraud_status; null leaves it out. */
  fraud?: string | null
  raw?: Record<string, unknown>
}

/**
 * How a notice is made. `kind` = the state it tells of, else the order's own; `key`, `scheme`, `merchant` and `amount`
 * (in letters) = what it is signed with and for.
 */
export type NoticeOptions = {
  kind?: string
  key?: string
  scheme?: 'hmac-sha256' | 'md5'
  merchant?: string
  amount?: string
  resultCode?: string
}

/** `lost` and `hang` do the work and then say nothing; the rest answer something wrong (see world.mjs). */
export type Fault = { next: string; count?: number; path?: 'create' | 'status'; id?: string }

/** Moves a fake gateway over HTTP: the same from Node and from workerd. */
export const controlOf = (url: string) => {
  const call = async <T>(method: string, path: string, json?: unknown): Promise<T> => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const answer = await fetch(`${url}/_control/${path}`, { method, ...body })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }
  return {
    put: (id: string, change: OrderChange) => call<Record<string, unknown>>('POST', `orders/${id}`, change),
    order: (id: string) => call<Record<string, unknown>>('GET', `orders/${id}`),
    notice: (id: string, options: NoticeOptions = {}) =>
      call<{ contentType: string; body: string }>('GET', `notices/${id}?${new URLSearchParams(options)}`),
    send: (id: string, to: string, options: NoticeOptions = {}) =>
      call<{ status: number; body: string }>('POST', 'send', { id, to, ...options }),
    fault: (fault: Fault) => call('POST', 'faults', fault),
    clearFaults: () => call('DELETE', 'faults'),
    calls: (id?: string) =>
      call<{ create: number; status: number; refused: number; faults: number }>('GET', `calls${id ? `?id=${id}` : ''}`),
  }
}
