export class UsageError extends Error {}
export const defaultUrl: string
export type ShootArgs = {
  help: boolean
  json: boolean
  here: string
  url: string
  urlGiven: boolean
  poses: string[]
  count: number | undefined
  variations: number | undefined
  avatar: string | undefined
  preset: string | undefined
  photo: string | undefined
  hasConsent: boolean
  prompt: string | undefined
  background: string | undefined
  width: number | undefined
  height: number | undefined
  seed: number | undefined
  formats: string[]
  out: string | undefined
  login: { email: string; password: string } | undefined
}
export function parseShootArgs(argv: string[], env?: Record<string, string | undefined>): ShootArgs
