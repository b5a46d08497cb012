// The account that a fresh local server starts with. A fixed password is fine: the server listens on this machine only.

export const demoAccount = { email: 'demo@lumiku.test', password: 'lumiku-demo-1', name: 'Demo' }

/**
 * Registers the demo account at `origin`; one that is already there stays as it is.
 * Answers `{ email, password, name }`. Throws when the server answers neither 201 nor 409.
 */
export async function demoLogin(origin) {
  const response = await fetch(`${origin}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(demoAccount),
    signal: AbortSignal.timeout(15_000),
  })
  if (response.status !== 201 && response.status !== 409) {
    throw new Error(`Cannot create the demo login: ${response.status} ${(await response.text()).slice(0, 300)}`)
  }
  return demoAccount
}
