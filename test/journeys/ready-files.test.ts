import { expect, test, vi } from 'vitest'
import { readHeader } from '../../src/uploads/header'
import { sniffType } from '../../src/uploads/sniff'
import { expectJson, request, requestAs } from '../support/app'
import { signUp } from '../support/people'
import { ended, GENERATOR, resultsOf, startShoot } from '../support/shoots'

type Shown = { id: string; exports: Record<string, string> }
type File = { url: string; width: number; height: number; sizeBytes: number; dpi: number | null; wasBuilt: boolean }

/** What a browser would get. */
async function download(url: string) {
  const answer = await request(`/${url}`)
  expect(answer.status).toBe(200)
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const { width, height } = readHeader(bytes, sniffType(bytes)!)
  return { type: answer.headers.get('content-type'), width, height, sizeBytes: bytes.length }
}

test('a seller has the files that he asked for with his shoot, and a print when he thinks of it', async () => {
  const budi = await signUp()
  const { generation } = await startShoot(budi, { outputFormats: ['instagram_story', 'Shopee'] })
  expect(await ended(budi, generation.id)).toMatchObject({ status: 'completed', creditCharged: 30 })
  const pictureNow = async () => (await resultsOf(budi, generation.id)).items[0] as unknown as Shown
  await vi.waitUntil(async () => Object.keys((await pictureNow()).exports).length === 3, {
    timeout: 20_000,
    interval: 50,
  })

  const { id, exports } = await pictureNow()
  expect(Object.keys(exports).sort()).toEqual(['instagram_story', 'original', 'shopee_product'])
  expect(await download(exports.instagram_story!)).toMatchObject({ type: 'image/jpeg', width: 1080, height: 1920 })
  expect(await download(exports.shopee_product!)).toMatchObject({ type: 'image/jpeg', width: 1000, height: 1000 })
  expect(await download(exports.original!)).toMatchObject({ type: 'image/png', width: 256, height: 256 })

  const ask = (): Promise<File> => expectJson(requestAs(budi, `${GENERATOR}/poses/${id}/exports/print_a4`), 200)
  const print = await ask()
  expect(print).toMatchObject({ width: 2480, height: 3508, dpi: 300, wasBuilt: true })
  const { sizeBytes } = print
  expect(await download(print.url)).toEqual({ type: 'image/png', width: 2480, height: 3508, sizeBytes })
  expect(await ask()).toEqual({ ...print, wasBuilt: false })
  expect(Object.keys((await pictureNow()).exports)).toHaveLength(4)
})
