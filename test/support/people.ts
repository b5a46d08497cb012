import { expectJson, request } from './app'

export type Person = {
  user: { id: string; email: string; name: string; role: string; tier: string }
  accessToken: string
  refreshToken: string
  email: string
  password: string
}

let count = 0

/** A new account with a unique e-mail, as a client would make it. */
export async function signUp(overrides: { name?: string; email?: string; password?: string } = {}): Promise<Person> {
  const email = overrides.email ?? `person-${++count}-${crypto.randomUUID().slice(0, 8)}@example.test`
  const password = overrides.password ?? 'correct horse battery'
  const answer = await expectJson<Omit<Person, 'email' | 'password'>>(
    request('/auth/register', {
      json: { email, password, name: overrides.name ?? 'Sari' },
      headers: { 'cf-connecting-ip': anyAddress() },
    }),
    201,
  )
  return { ...answer, email, password }
}

/** An address nobody had before: registering and guessing are slowed by address. */
export function anyAddress(): string {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3))
  return `10.${a}.${b}.${c}`
}
