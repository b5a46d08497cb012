import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { expectErrors } from '../setup'
import { expectJson, signUp } from '../support/app'
import type { Person } from '../support/people'
import {
  creditsOf,
  GENERATOR,
  generate,
  holdQueue,
  newKey,
  newProject,
  oneSmallPicture,
  requestIn,
  type Started,
} from '../support/shoots'

/** Variables under which `start` is done, but nobody hears its answer. */
const DEAF = {
  USER: {
    getByName: (name: string) =>
      new Proxy(env.USER.getByName(name), {
        get(stub, property) {
          const real = Reflect.get(stub, property)
          if (property !== 'start') return real
          return async (...sent: unknown[]) => {
            await real(...sent)
            throw new Error('the line is dead')
          }
        },
      }),
  },
}

/** The generations that credits were ever held for. */
const held = async (person: Person): Promise<string[]> =>
  (await userObject(env, person.user.id).entries(Number.MAX_SAFE_INTEGER, 100))
    .filter(({ kind }) => kind === 'hold')
    .map(({ reference }) => reference)

test('an answer that was lost after the commit: asking again gives the same generation, held once (A7)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const json = oneSmallPicture((await newProject(sari)).id, { batchSize: 2 })
  const key = newKey()
  const headers = { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': key }
  expect((await requestIn(DEAF, `${GENERATOR}/generate`, { json, headers })).status).toBe(500)
  expect(expectErrors().flat().join()).toContain('request_failed')
  expect(await creditsOf(sari)).toEqual({ available: 240, held: 60 })

  await evictDurableObject(userObject(env, sari.user.id))
  await holdQueue(sari)
  const again = await Promise.all(Array.from({ length: 10 }, () => generate(sari, json, key)))
  const started = await Promise.all(again.map((answer) => expectJson<Started>(answer, 202)))
  expect(again.every((answer) => answer.headers.get('idempotent-replayed') === 'true')).toBe(true)
  expect(await creditsOf(sari)).toEqual({ available: 240, held: 60 })
  const ids = new Set(started.map(({ generation }) => generation.id))
  expect([...ids]).toEqual(await held(sari))
})
