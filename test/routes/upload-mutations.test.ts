import { expect, test } from 'vitest'
import { expectJson, request, signUp } from '../support/app'
import { kernel, png, send, type Uploaded } from '../support/uploads'
import { mutants } from './upload-mutants'

const COUNT = 1_000
const AT_ONCE = 2

test('a thousand damaged pictures are taken or refused, and never a fault of ours (G3)', async () => {
  const sari = await signUp()
  const answers = new Map<number, number>()
  const taken: Uploaded[] = []
  const waiting = [...mutants(COUNT, 20_261_121)]
  const work = async () => {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const answer = await send(sari, file)
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1)
      if (answer.status === 201) taken.push((await answer.json()) as Uploaded)
      else await answer.body?.cancel()
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  const of = (status: number) => answers.get(status) ?? 0
  expect([...answers.keys()].sort()).toEqual([201, 415, 422])
  expect(of(201) + of(415) + of(422)).toBe(COUNT)
  // Neither all refused at the door nor all let through.
  for (const status of [201, 415, 422]) expect(of(status)).toBeGreaterThan(COUNT / 50)

  // What was taken is a whole picture of the size that was told, and the server takes the next.
  for (const { url, width, height } of taken.slice(0, 40)) {
    const bytes = new Uint8Array(await (await request(`/${url}`)).arrayBuffer())
    expect(kernel.decodePng(bytes)).toMatchObject({ width, height })
  }
  expect((await request('//health')).status).toBe(200)
  await expectJson(send(sari, png, 'image/png'), 201)
}, 120_000)
