export type PersonArgs = {
  here: string
  avatar?: string | undefined
  preset?: string | undefined
  photo?: string | undefined
  hasConsent?: boolean
}
export type PersonApi = {
  get(path: string): Promise<unknown>
  post(path: string, json: unknown, options?: { key?: string }): Promise<unknown>
  send(path: string, bytes: Uint8Array, contentType: string): Promise<unknown>
  sendForm(path: string, form: FormData, options: { key: string }): Promise<unknown>
}
export function isAvatarId(text: string): boolean
export function personFor(
  api: PersonApi,
  args: PersonArgs,
  say: (line: string) => void,
  ask?: (question: string) => Promise<string | undefined>,
): Promise<{ avatarSource: 'UPLOAD' | 'AVATAR_CREATOR'; avatarId?: string; avatarImageUrl?: string }>
