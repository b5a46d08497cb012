import { InferenceClientError, InferenceClientProviderOutputError } from '@huggingface/inference'
import type { Config } from '../config'
import type { ProviderCall } from './contract'
import { ProviderError } from './errors'
import { askJson, type Explain, lineError } from './http'

/** Where the client sends what a Hugging Face token pays for. It takes no other base; ours comes from the settings. */
const CLIENTS_ROUTER = 'https://router.huggingface.co/'
/** Asked once for each model in each isolate: at what name the provider knows it. */
const MAPPING = /^https:\/\/huggingface\.co\/api\/models\/([\w.-]+\/[\w.-]+)\?expand/

type Options = {
  /** Address of a dedicated endpoint, for which the client has no mapping and no router. */
  endpointUrl?: string
  headers?: Record<string, string>
  explain?: Explain
}

/**
 * `fetch` for @huggingface/inference. It refuses in our words before the client makes its own of them: those lose headers
 * such as Retry-After and most bodies, and hold the prompt and the pictures that were sent. It answers the Hub's mapping
 * itself, which would otherwise be a second service to wait for, and knows two addresses only.
 */
export function inferenceFetch(config: Config, call: ProviderCall, options: Options = {}): typeof fetch {
  return async (input, init) => {
    const url = String(input)
    const [, model] = MAPPING.exec(url) ?? []
    if (model && !options.endpointUrl) return mapping(model)
    const { json, status } = await askJson(call, rebased(url, config, options), {
      method: 'POST',
      headers: { ...(init?.headers as Record<string, string>), ...options.headers },
      body: init?.body as string,
      ...(options.explain && { explain: options.explain }),
    })
    return Response.json(json, { status })
  }
}

/** Together names its models as the Hub does. */
const mapping = (model: string): Response =>
  Response.json({
    inferenceProviderMapping: { together: { providerId: model, status: 'live', task: 'text-to-image' } },
  })

function rebased(url: string, { HF_ROUTER_URL }: Config, { endpointUrl }: Options): string {
  if (endpointUrl !== undefined && url === endpointUrl) return url
  if (endpointUrl === undefined && url.startsWith(CLIENTS_ROUTER))
    return `${HF_ROUTER_URL}/${url.slice(CLIENTS_ROUTER.length)}`
  // A token that is not Hugging Face's sends the client to the provider itself, past the router and its bill.
  throw new ProviderError('AUTH', 'HF_TOKEN is no token of Hugging Face')
}

/** What the client threw. Never the error itself: it holds the request, and so the prompt and the pictures. */
export function inferenceError(call: ProviderCall, error: unknown): ProviderError {
  if (error instanceof InferenceClientProviderOutputError) return new ProviderError('BAD_OUTPUT', error.name)
  if (error instanceof InferenceClientError) return new ProviderError('INVALID', error.name)
  return lineError(call, error)
}
