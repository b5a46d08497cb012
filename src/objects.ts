import type { AttemptsObject } from '../durable-objects/attempts/attempts-object'
import type { ProviderObject } from '../durable-objects/provider/provider-object'
import type { UserObject } from '../durable-objects/user/user-object'

/** The object that owns one user's credits, jobs, sessions and sockets. Take a new stub after any thrown error. */
export const userObject = (env: Env, userId: string): DurableObjectStub<UserObject> => env.USER.getByName(`u:${userId}`)

/** The object that slows guessing at one account or from one address. `key` is a hash, never the e-mail itself. */
export const attemptsObject = (env: Env, key: string): DurableObjectStub<AttemptsObject> => env.ATTEMPTS.getByName(key)

/** The object that guards one model of one provider: circuit, slots, spending. */
export const providerObject = (env: Env, provider: { id: string; model: string }): DurableObjectStub<ProviderObject> =>
  env.PROVIDER.getByName(`${provider.id}:${provider.model}`)
