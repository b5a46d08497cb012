import { z } from '@hono/zod-openapi'
import { ROLES, TIERS } from '../db/tables/users'
import { freeText } from '../http/fields'
import { normalizePassword } from './password-hash'

const MIN_PASSWORD = 10
const MAX_PASSWORD = 128
const MAX_EMAIL = 254

/** An e-mail address in the form that is stored and compared: NFKC, lower case, trimmed. */
export const Email = z
  .string()
  .max(MAX_EMAIL * 2)
  .transform((value) => value.normalize('NFKC').trim().toLowerCase())
  .pipe(z.email().max(MAX_EMAIL))
  .openapi({ type: 'string', format: 'email', maxLength: MAX_EMAIL, example: 'sari@example.com' })

/** A password to set: 10..128 characters, counted after NFKC. */
export const NewPassword = z
  .string()
  .max(MAX_PASSWORD * 4)
  .transform(normalizePassword)
  .pipe(
    z
      .string()
      .refine((value) => [...value].length >= MIN_PASSWORD, `must have at least ${MIN_PASSWORD} characters`)
      .refine((value) => [...value].length <= MAX_PASSWORD, `must have at most ${MAX_PASSWORD} characters`),
  )
  .openapi({ type: 'string', format: 'password', minLength: MIN_PASSWORD, maxLength: MAX_PASSWORD })

/** A password to check. The bound keeps megabytes away from the hash; that it is wrong is for the hash to say. */
export const GivenPassword = z
  .string()
  .min(1)
  .max(MAX_PASSWORD * 4)
  .transform(normalizePassword)
  .openapi({ type: 'string', format: 'password' })

export const Name = freeText(1, 100)

/** Unknown fields are refused: a role, tier or balance is never taken from a client. */
export const RefreshBody = z.strictObject({ refreshToken: z.string().max(400).optional() }).openapi('RefreshBody')

export const UserView = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLES),
    tier: z.enum(TIERS),
  })
  .openapi('User')

export const SignedIn = z
  .object({
    user: UserView,
    accessToken: z.string(),
    expiresIn: z.number().int().openapi({ description: 'Seconds the access token lives.' }),
    refreshToken: z.string().optional().openapi({ description: 'Only for clients that are not browsers.' }),
  })
  .openapi('SignedIn')
