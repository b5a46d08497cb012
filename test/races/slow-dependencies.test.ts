import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import { userObject } from '../../src/objects'
import { signUp } from '../support/app'
import {
  creditsOf,
  deliver,
  GENERATOR,
  generate,
  holdQueue,
  newProject,
  oneSmallPicture,
  requestIn,
  showGeneration,
  startShoot,
} from '../support/shoots'

const AT_ONCE = 50

/** Variables under which nobody's request is decided before `count` of them have read all that they read before. */
function together(count: number) {
  const last = Promise.withResolvers<void>()
  let arrived = 0
  const getByName = (name: string) =>
    new Proxy(env.USER.getByName(name), {
      get(stub, property) {
        const real = Reflect.get(stub, property)
        if (property !== 'start') return real
        return async (...sent: unknown[]) => {
          if (++arrived === count) last.resolve()
          await last.promise
          return real(...sent)
        }
      },
    })
  return { USER: { getByName } }
}

test('fifty requests that have all been checked before the first is decided: one is accepted (A2)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const json = oneSmallPicture((await newProject(sari)).id, { batchSize: 6 })
  const vars = together(AT_ONCE)
  const answers = await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) =>
      requestIn(vars, `${GENERATOR}/generate`, {
        json,
        headers: { authorization: `Bearer ${sari.accessToken}`, 'idempotency-key': `slow-${n}` },
      }),
    ),
  )
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([202, ...Array.from({ length: AT_ONCE - 1 }, () => 402)])
  expect(await creditsOf(sari)).toEqual({ available: 120, held: 180 })
  const entries = await userObject(env, sari.user.id).entries(Number.MAX_SAFE_INTEGER, 100)
  expect(entries.filter(({ kind }) => kind === 'hold')).toHaveLength(1)
})

test('what a slow provider or store still works on is not there for a second shoot (A2)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const { generation, projectId } = await startShoot(sari, { batchSize: 6 })
  const put = env.MEDIA.put.bind(env.MEDIA)
  const [storing, stored] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  vi.spyOn(env.MEDIA, 'put').mockImplementation((async (...sent: Parameters<typeof put>) => {
    storing.resolve()
    await stored.promise
    return put(...sent)
  }) as typeof env.MEDIA.put)

  const making = deliver(sari, generation.id, [0, 1, 2, 3, 4, 5])
  await storing.promise
  const second = await generate(sari, oneSmallPicture(projectId, { batchSize: 6 }))
  expect(second.status).toBe(402)
  expect(await creditsOf(sari)).toEqual({ available: 120, held: 180 })

  stored.resolve()
  await making
  expect(await showGeneration(sari, generation.id)).toMatchObject({ status: 'completed', creditCharged: 180 })
  expect(await creditsOf(sari)).toEqual({ available: 120, held: 0 })
})
