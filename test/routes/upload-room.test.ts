import { beforeAll, expect, test } from 'vitest'
import { expectJson, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { requestIn } from '../support/shoots'
import { png, upload } from '../support/uploads'

let sari: Person
let budi: Person
beforeAll(async () => {
  sari = await signUp()
  budi = await signUp()
})

/** A body of unknown length that comes when it is told to, and knows when somebody begins to read it. */
function slowBody() {
  let deliver = (_: Uint8Array) => {}
  const bytes = new Promise<Uint8Array>((resolve) => {
    deliver = resolve
  })
  const state = { isRead: false }
  let begin = () => {}
  const begun = new Promise<void>((resolve) => {
    begin = resolve
  })
  const source = {
    async pull(controller: ReadableStreamDefaultController<Uint8Array>) {
      state.isRead = true
      begin()
      controller.enqueue(await bytes)
      controller.close()
    },
  }
  return { state, begun, deliver, stream: new ReadableStream<Uint8Array>(source, { highWaterMark: 0 }) }
}

const sendBody = (body: ReadableStream, person = sari) =>
  requestIn({}, '/uploads', {
    ...{ method: 'POST', body },
    headers: { authorization: `Bearer ${person.accessToken}`, 'content-type': 'image/png' },
  })

test('bodies of unknown length wait in the network while two others are being read (G5)', async () => {
  const [first, second, third] = [slowBody(), slowBody(), slowBody()]
  const answers = [sendBody(first.stream), sendBody(second.stream, budi)]
  await Promise.all([first.begun, second.begun])
  answers.push(sendBody(third.stream))
  for (let i = 0; i < 3; i++) await expectJson(requestAs(sari, '/uploads'), 200)
  expect(third.state.isRead).toBe(false)
  first.deliver(png)
  await third.begun
  second.deliver(png)
  third.deliver(png)
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([201, 201, 201])
})

test('one seller’s slow bodies, however many, keep nobody else’s out', async () => {
  const slow = Array.from({ length: 40 }, slowBody)
  const answers = slow.map(({ stream }) => sendBody(stream))
  await slow[0]!.begun
  for (let i = 0; i < 3; i++) await expectJson(requestAs(sari, '/uploads'), 200)
  expect((await upload(budi)).id).toMatch(/^upl_/)
  const large = slowBody()
  const answer = sendBody(large.stream, budi)
  await large.begun
  large.deliver(png)
  expect((await answer).status).toBe(201)
  for (const { deliver } of slow) deliver(png)
  const statuses = (await Promise.all(answers)).map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([201, 503]))
  expect(statuses.filter((status) => status === 201).length).toBeGreaterThan(10)
})

test('a slow line does not keep small pictures from being taken', async () => {
  const slow = slowBody()
  const answer = sendBody(slow.stream)
  await slow.begun
  for (let i = 0; i < 3; i++) expect((await upload(sari)).id).toMatch(/^upl_/)
  slow.deliver(png)
  expect((await answer).status).toBe(201)
})

test('forty at the same time are all taken or told to come back', async () => {
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => requestAs(sari, '/uploads', { method: 'POST', body: png })),
  )
  for (const answer of answers) {
    expect([201, 503]).toContain(answer.status)
    if (answer.status === 503) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(10)
  expect((await upload(sari)).id).toMatch(/^upl_/)
})
