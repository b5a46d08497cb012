import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { MAX_MESSAGE_TRIES } from '../../src/kernel/limits'
import { RULES } from '../../src/providers/errors'
import { expectErrors } from '../setup'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { deliver as deliverMessages, failing } from '../support/queue'
import {
  creditsOf,
  deliver,
  GENERATOR,
  holdQueue,
  newKey,
  POSES,
  resultsOf,
  type Started,
  showGeneration,
  startShoot,
} from '../support/shoots'

const OUTAGE = { EMBEDDED_FAIL_RATE: '1' }
const ALL = [0, 1, 2, 3]

/** Makes the failed pictures of a generation once more, with a provider that works. */
async function makeAgain(person: Person, generationId: string): Promise<void> {
  const again = await expectJson<Started>(
    requestAs(person, `${GENERATOR}/generations/${generationId}/retry`, {
      method: 'POST',
      headers: { 'idempotency-key': newKey() },
    }),
    202,
  )
  await deliver(person, again.generation.id, [...Array(again.totalPosesExpected).keys()])
  expect(await showGeneration(person, again.generation.id)).toMatchObject({ status: 'completed' })
}

test('an outage of the image provider costs nothing, and the same shoot is made when it is over (A16)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const { generation } = await startShoot(sari, { selectedPoseIds: [...POSES] })
  for (let attempt = 1; attempt < RULES.UPSTREAM_5XX.maxTries; attempt++) {
    await deliver(sari, generation.id, ALL, OUTAGE)
    // Nobody gives up at once: the credits wait with the pictures.
    expect(await creditsOf(sari)).toEqual({ available: 180, held: 120 })
  }
  await deliver(sari, generation.id, ALL, OUTAGE)
  expect(await showGeneration(sari, generation.id)).toMatchObject({
    ...{ status: 'failed', posesFailed: 4, creditCharged: 0, creditRefunded: 120 },
  })
  expect(await creditsOf(sari)).toEqual({ available: 300, held: 0 })

  await makeAgain(sari, generation.id)
  expect(await creditsOf(sari)).toEqual({ available: 180, held: 0 })
})

test('a picture whose message poisons every consumer is parked with its reason, paid back, and made by a retry (A21)', async () => {
  const sari = await signUp()
  await holdQueue(sari)
  const { generation } = await startShoot(sari, { batchSize: 2 })
  await deliver(sari, generation.id, [0])
  const id = `poison-${generation.id}`
  const body = { type: 'pose', userId: sari.user.id, jobId: generation.id, position: 1, requestId: 'poison' }
  for (let attempts = 1; attempts < MAX_MESSAGE_TRIES; attempts++)
    expect((await deliverMessages([{ body, id, attempts }], { vars: failing('claim') })).acked).toEqual([])
  const last = [{ body, id, attempts: MAX_MESSAGE_TRIES }]
  expect((await deliverMessages(last, { vars: failing('claim') })).acked).toEqual([id])

  expect(expectErrors().flat().join()).toContain('message_parked')
  const letter = 'SELECT error, attempts, body FROM dead_letters WHERE message_id = ?'
  expect(await env.DB.prepare(letter).bind(id).first()).toEqual({
    ...{ error: 'Error: the object is away', attempts: MAX_MESSAGE_TRIES, body: JSON.stringify(body) },
  })
  expect(await showGeneration(sari, generation.id)).toMatchObject({ status: 'partial', creditCharged: 30 })
  expect(await creditsOf(sari)).toEqual({ available: 270, held: 0 })
  // Played again, the old message changes nothing: its picture has an end.
  await deliverMessages([{ body, id: `${id}-again` }])
  expect((await resultsOf(sari, generation.id)).items.map(({ status }) => status)).toEqual(['completed', 'failed'])

  await makeAgain(sari, generation.id)
  expect(await creditsOf(sari)).toEqual({ available: 240, held: 0 })
})
