export type ErrorBody = { code: string; message: string; details?: Record<string, unknown> }
export function describe(status: number, error: ErrorBody, retryAfter?: string | null): string
export function backoffMs(tried: number, random?: () => number): number
export type Api = {
  origin: string
  get(path: string): Promise<unknown>
  post(path: string, json: unknown): Promise<unknown>
}
export function createApi(origin: string): Api
