import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { jobPrefix } from '../../src/generations/object-keys'
import { newId } from '../../src/kernel/ids'
import type { ErasureMessage } from '../../src/messages'
import { deliver } from '../support/queue'
import { generationRow, projectRow, userRow } from '../support/rows'

const keysOf = async (prefix: string) => (await env.MEDIA.list({ prefix })).objects.map(({ key }) => key)

async function storedGeneration(pictures: number, { rows }: { rows: boolean }) {
  const userId = await userRow()
  const jobId = rows ? await generationRow(userId, await projectRow(userId)) : newId('generation')
  const prefix = jobPrefix(userId, jobId)
  for (let n = 0; n < pictures; n++) await env.MEDIA.put(`${prefix}pose-v${n}.png`, 'picture')
  const message: ErasureMessage = { type: 'erasure', userId, jobId, requestId: 'req_test' }
  return { prefix, message, userId }
}

test('the pictures of a deleted generation go, and nobody else’s; a second message finds nothing', async () => {
  const gone = await storedGeneration(3, { rows: false })
  const neighbour = `u/${gone.userId}/uploads/upl.png`
  await env.MEDIA.put(neighbour, 'avatar')
  for (let n = 0; n < 2; n++) {
    expect((await deliver([{ body: gone.message, id: `erasure-${n}` }])).acked).toEqual([`erasure-${n}`])
    expect(await keysOf(gone.prefix)).toEqual([])
  }
  expect(await keysOf(neighbour)).toEqual([neighbour])
})

test('a generation whose rows are still there keeps its pictures: its deletion did not happen', async () => {
  const kept = await storedGeneration(2, { rows: true })
  await deliver([{ body: kept.message }])
  expect(await keysOf(kept.prefix)).toHaveLength(2)
})
