import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { userObject } from '../../src/objects'
import { expectJson, requestAs, signUp } from '../support/app'
import { GENERATOR, generate, holdQueue, newKey, newProject, oneSmallPicture } from '../support/shoots'
import { errorOf } from '../support/walk'

const DAY_MS = 86_400_000

/** What a client, a proxy or a forger could say about the time. */
const clocks = (at: Date, zone: string): Record<string, string> => ({
  date: at.toUTCString(),
  'x-date': at.toISOString(),
  'x-client-time': String(at.getTime()),
  'x-timezone': zone,
  'x-timezone-offset': '840',
  'time-zone': zone,
  'x-vercel-ip-timezone': zone,
  'cf-timezone': zone,
  'if-unmodified-since': at.toUTCString(),
})

const CLOCKS = [
  clocks(new Date(Date.now() + DAY_MS), 'Pacific/Kiritimati'),
  clocks(new Date(Date.now() - 30 * DAY_MS), 'Pacific/Pago_Pago'),
  { date: 'tomorrow', 'x-timezone': '../../etc/localtime', 'x-client-time': '-1' },
]

test('no clock and no time zone of a client opens another day of quota (B3)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const { id: projectId } = await newProject(sari)
  await userObject(env, sari.user.id).startFreePlan({
    ...{ productId: 'plan-free', dailyQuota: 2, sessionId: await sessionOf(sari) },
  })
  const shoot = oneSmallPicture(projectId, { batchSize: 2 })
  expect((await generate(sari, shoot)).status).toBe(202)
  const quota = async (headers: Record<string, string>) =>
    (await expectJson<{ unlimited: object }>(requestAs(sari, '/credits', { headers }), 200)).unlimited
  const today = await quota({})
  expect(today).toMatchObject({ used: 2, remaining: 0 })

  for (const headers of CLOCKS) {
    expect(await quota(headers)).toEqual(today)
    const asked = { json: shoot, headers: { ...headers, 'idempotency-key': newKey() } }
    const refused = await errorOf(await requestAs(sari, `${GENERATOR}/generate`, asked))
    expect(refused).toMatchObject({ statusCode: 429, code: 'QUOTA_EXCEEDED', details: { remaining: 0 } })
  }
  for (const field of ['date', 'timezone', 'now', 'createdAt']) {
    const { issues } = await errorOf(await generate(sari, { ...shoot, [field]: new Date(0).toISOString() }))
    expect(issues).toMatchObject([{ field }])
  }
  expect(await quota({})).toEqual(today)
})

const sessionOf = async (person: { accessToken: string }): Promise<string> => {
  const { items } = await expectJson<{ items: { id: string }[] }>(requestAs(person, '/auth/sessions'), 200)
  return items[0]!.id
}
