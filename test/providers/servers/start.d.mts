export type FakeProvider = { url: string; key: string; stop: () => Promise<void> }
export type FakeProviders = Record<
  | 'fal'
  | 'wavespeed'
  | 'canary'
  | 'workers-ai'
  | 'huggingface'
  | 'huggingface-endpoint'
  | 'classifier'
  | 'chat'
  | 'detector'
  | 'matting',
  FakeProvider
>
export function startProviders(options?: { port?: number }): Promise<FakeProviders & { stop: () => Promise<unknown> }>
