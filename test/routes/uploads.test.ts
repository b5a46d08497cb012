import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { MAX_UPLOAD_BYTES } from '../../src/kernel/limits'
import { expectJson, request, requestAs, signUp } from '../support/app'
import type { Person } from '../support/people'
import { stateOf } from '../support/rows'
import {
  ascii,
  concat,
  HEIGHT,
  jpeg,
  kernel,
  LEFT,
  phoneJpeg,
  png,
  pngClaiming,
  RIGHT,
  send,
  type Uploaded,
  upload,
  WIDTH,
  webp,
} from '../support/uploads'
import { errorOf } from '../support/walk'

let sari: Person
beforeAll(async () => {
  sari = await signUp()
})

const download = async ({ url }: Uploaded): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await request(`/${url}`)).arrayBuffer())

/** Form with these files, and whatever else is given. */
function form(
  files: [name: string, bytes: Uint8Array<ArrayBuffer>, type: string][],
  fields: Record<string, string> = {},
): FormData {
  const data = new FormData()
  for (const [name, bytes, type] of files) data.append(name, new File([bytes], 'picture', { type }))
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  return data
}

describe('POST /uploads', () => {
  test.each([
    ['PNG', png, 'image/png'],
    ['JPEG', jpeg, 'image/jpeg'],
    ['WebP', webp, 'image/webp'],
    ['a picture of no declared type', png, undefined],
    ['octets', jpeg, 'application/octet-stream'],
    ['a type with parameters', png, 'IMAGE/PNG; q=1'],
  ])('%s is taken and comes back as the same picture in PNG', async (_, bytes, type) => {
    const uploaded = await expectJson<Uploaded>(send(sari, bytes, type), 201)
    expect(uploaded).toMatchObject({ width: WIDTH, height: HEIGHT })
    expect(uploaded.id).toMatch(/^upl_[0-9A-Z]{26}$/)
    const stored = await download(uploaded)
    expect(stored.subarray(1, 4)).toEqual(ascii('PNG'))
    expectSample(kernel.decodePng(stored), (x) => x < WIDTH / 2)
  })

  test('a phone’s picture stands upright, and where it was taken is gone (G4)', async () => {
    const secret = 'GPS -6.2088 106.8456'
    const sent = phoneJpeg(secret)
    expect(contains(sent, secret)).toBe(true)
    const uploaded = await expectJson<Uploaded>(send(sari, sent, 'image/jpeg'), 201)
    expect(uploaded).toMatchObject({ width: HEIGHT, height: WIDTH })
    const stored = await download(uploaded)
    expect(contains(stored, secret)).toBe(false)
    expect(contains(stored, 'Exif')).toBe(false)
    expectSample(kernel.decodePng(stored), (_, y) => y < WIDTH / 2)
  })

  test('what hangs behind a picture does not get through', async () => {
    const script = '<script>alert(1)</script>'
    for (const bytes of [concat(png, ascii(script)), concat(jpeg, ascii(script))])
      expect(contains(await download(await expectJson<Uploaded>(send(sari, bytes), 201)), script)).toBe(false)
  })

  test('a form with one file, whatever the file is called', async () => {
    for (const name of ['file', 'avatar', '../../etc/passwd'])
      await expectJson<Uploaded>(
        requestAs(sari, '/uploads', { method: 'POST', body: form([[name, png, 'image/png']], { note: 'teh' }) }),
        201,
      )
  })

  test('two uploads of the same bytes are two uploads, each its owner’s alone', async () => {
    const [a, b] = await Promise.all([upload(sari), upload(await signUp())])
    expect(a.id).not.toBe(b.id)
    expect((await env.MEDIA.list({ prefix: `u/${sari.user.id}/uploads/${b.id}` })).objects).toEqual([])
  })
})

/** The sample's two colours, give or take what JPEG makes of them, where `isLeft` says. */
function expectSample(
  { rgba, width, height }: { rgba: ArrayLike<number>; width: number; height: number },
  isLeft: (x: number, y: number) => boolean,
): void {
  for (const [x, y] of [
    [2, 2],
    [width - 3, 2],
    [2, height - 3],
    [width - 3, height - 3],
  ] as const) {
    const wanted = isLeft(x, y) ? LEFT : RIGHT
    for (let channel = 0; channel < 4; channel++)
      expect(Math.abs(rgba[(y * width + x) * 4 + channel]! - wanted[channel]!)).toBeLessThan(12)
  }
}

const contains = (bytes: Uint8Array, text: string) => new TextDecoder('latin1').decode(bytes).includes(text)

/** Sends what must be refused; expects that nothing was stored, neither a row nor bytes. */
async function refused(sent: { body: BodyInit; type?: string }, status: number) {
  const before = await stateOf(sari.user.id)
  const objects = await stored()
  const answer = await send(sari, sent.body, sent.type)
  const error = await errorOf(answer)
  expect([answer.status, error.code]).toEqual([status, error.code])
  expect(await stateOf(sari.user.id)).toEqual(before)
  expect(await stored()).toEqual(objects)
  return error
}

const stored = async () => (await env.MEDIA.list({ prefix: `u/${sari.user.id}/` })).objects.map(({ key }) => key)

describe('415', () => {
  test.each([
    ['SVG', ascii('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'image/svg+xml'],
    ['SVG called PNG', ascii('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/png'],
    ['HTML', ascii('<!doctype html><script>alert(1)</script>'), 'text/html'],
    ['GIF', ascii('GIF89a\x01\0\x01\0\0\0\0;'), 'image/gif'],
    ['PDF', ascii('%PDF-1.7'), 'application/pdf'],
    ['JSON', ascii('{"a":1}'), 'application/json'],
    ['nothing', new Uint8Array(), 'image/png'],
    ['one byte', Uint8Array.of(0x89), 'image/png'],
  ])('%s', async (_, body, type) => {
    expect(await refused({ body, type }, 415)).toMatchObject({ code: 'UNSUPPORTED_TYPE' })
  })

  test.each([
    ['JPEG sent as PNG', jpeg, 'image/png'],
    ['PNG sent as JPEG', png, 'image/jpeg'],
    ['PNG sent as WebP', png, 'image/webp'],
    ['PNG sent as text', png, 'text/plain'],
  ])('%s', async (_, body, type) => {
    expect((await refused({ body, type }, 415)).details).toMatchObject({ reason: 'type_mismatch' })
    expect((await refused({ body: form([['file', body, type]]) }, 415)).details).toMatchObject({
      reason: 'type_mismatch',
    })
  })

  test('says why in the language of the caller', async () => {
    const answer = await requestAs(sari, '/uploads', {
      method: 'POST',
      body: ascii('GIF89a'),
      headers: { 'content-type': 'image/png', 'accept-language': 'id' },
    })
    expect((await errorOf(answer)).details).toMatchObject({
      reason: 'not_an_image',
      message: 'Hanya gambar PNG, JPEG, dan WebP yang dapat diunggah.',
    })
  })
})

describe('422', () => {
  test.each([
    ['a bomb of 16000 x 16000', 16_000, 16_000],
    ['a line of 8 million pixels', 8_000_000, 1],
    ['one pixel too wide', 4097, 1],
    ['9 megapixels', 3000, 3000],
    ['sides beyond 31 bits', 0x7fffffff, 0x7fffffff],
  ])('%s is refused by its header, at once', async (_, width, height) => {
    const startedAt = performance.now()
    const error = await refused({ body: pngClaiming(width, height), type: 'image/png' }, 422)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(error).toMatchObject({ code: 'INVALID_IMAGE', details: { reason: 'image_too_large' } })
  })

  test('a header that lies about its data', async () => {
    for (const [width, height] of [
      [4000, 2000],
      [0, 0],
      [WIDTH, HEIGHT + 1],
    ] as const)
      expect((await refused({ body: pngClaiming(width, height), type: 'image/png' }, 422)).code).toBe('INVALID_IMAGE')
  })

  test('a picture cut off anywhere (G3)', async () => {
    for (const [whole, type] of [
      [png, 'image/png'],
      [jpeg, 'image/jpeg'],
      [webp, 'image/webp'],
    ] as const)
      for (const share of [0.3, 0.6, 0.9, 0.99])
        expect((await refused({ body: whole.slice(0, Math.floor(whole.length * share)), type }, 422)).code).toBe(
          'INVALID_IMAGE',
        )
  })

  test.each([
    [
      'two files',
      form([
        ['a', png, 'image/png'],
        ['b', jpeg, 'image/jpeg'],
      ]),
    ],
    ['no file', form([], { file: 'not a file' })],
    ['an empty form', new FormData()],
  ])('a form with %s', async (_, body) => {
    expect((await refused({ body }, 422)).issues).toEqual([{ field: 'file', rule: 'exactly one file' }])
  })

  test('a form that is none', async () => {
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary='])
      expect((await refused({ body: ascii('--y\r\nnot a form'), type }, 422)).issues).toMatchObject([{ field: 'file' }])
  })
})

describe('413', () => {
  const tooLarge = () => concat(png, new Uint8Array(MAX_UPLOAD_BYTES))

  test('more than 10 MiB, declared as such (G5)', async () => {
    const error = await refused({ body: tooLarge(), type: 'image/png' }, 413)
    expect(error).toMatchObject({ code: 'TOO_LARGE', details: { maxBytes: MAX_UPLOAD_BYTES } })
  })

  test('50 MiB, sent in pieces without a length: given up at 10 MiB (G5)', async () => {
    let pulled = 0
    const piece = concat(png, new Uint8Array(256 * 1024))
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += piece.byteLength
        controller.enqueue(piece)
        if (pulled > 50 * 1024 * 1024) controller.close()
      },
    })
    expect((await refused({ body: endless, type: 'image/png' }, 413)).code).toBe('TOO_LARGE')
    expect(pulled).toBeLessThan(12 * 1024 * 1024)
  })

  test('more than 10 MiB in a form (G5)', async () => {
    expect((await refused({ body: form([['file', tooLarge(), 'image/png']]) }, 413)).code).toBe('TOO_LARGE')
  })
})
