import { env } from 'cloudflare:test'
import { expect, test } from 'vitest'
import { expectJson, request } from '../support/app'

const preview = (id: string, headers: Record<string, string> = {}) =>
  request(`/apps/pose-generator/library/${id}/preview`, { headers })

test('the preview of a pose is a WebP that caches may keep', async () => {
  const answer = await preview('carry-box-chest')
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('image/webp')
  expect(answer.headers.get('cache-control')).toBe('public, max-age=86400')
  const bytes = new Uint8Array(await answer.arrayBuffer())
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('RIFF')
  expect(new TextDecoder().decode(bytes.subarray(8, 12))).toBe('WEBP')
})

test('who has it gets 304 without a body', async () => {
  const etag = (await preview('carry-box-chest')).headers.get('etag')!
  expect(etag).toMatch(/^"[^"]+"$/)
  const answer = await preview('carry-box-chest', { 'if-none-match': etag })
  expect(answer.status).toBe(304)
  expect(answer.headers.get('etag')).toBe(etag)
  expect(await answer.text()).toBe('')
})

test('a pose without a preview, or that is not there, is 404', async () => {
  await env.DB.batch([
    env.DB.prepare('create table copied as select * from poses where id = ?').bind('yoga-tree'),
    env.DB.prepare("update copied set id = 'not-drawn-yet'"),
    env.DB.prepare('insert into poses select * from copied'),
    env.DB.prepare('drop table copied'),
    env.DB.prepare(
      "insert into pose_geometry select 'not-drawn-yet', geometry from pose_geometry where pose_id = 'yoga-tree'",
    ),
  ])
  const answers = await Promise.all([preview('not-drawn-yet'), preview('no-such-pose')])
  await env.DB.prepare("delete from poses where id = 'not-drawn-yet'").run()
  for (const answer of answers) {
    expect((await expectJson<{ error: { code: string } }>(answer, 404)).error.code).toBe('NOT_FOUND')
  }
})

test('the files are reached through the library alone', async () => {
  expect((await request('//carry-box-chest.webp')).status).toBe(404)
})
