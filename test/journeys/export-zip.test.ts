import { unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { LiveEvent } from '../../src/progress/events'
import { readHeader } from '../../src/uploads/header'
import { sniffType } from '../../src/uploads/sniff'
import { expectJson, request, requestAs, signUp } from '../support/app'
import { changed, WHITE } from '../support/backgrounds'
import { askExport, exported, manifestIn, type StartedExport, showExport } from '../support/exports'
import { creditsOf, ended, POSES, resultsOf, startShoot } from '../support/shoots'

const FORMATS = ['shopee', 'instagram_story', 'original']

test('a seller shoots, packs everything for the shops, loses the connection, and has all files in the end', async () => {
  const sari = await signUp()
  const { generation } = await startShoot(sari, { selectedPoseIds: POSES.slice(0, 2), batchSize: 1 })
  await ended(sari, generation.id)
  const pictures = (await resultsOf(sari, generation.id)).items
  const paid = await creditsOf(sari)

  // Packed as a job with events of its own.
  const body = { generationId: generation.id, formats: FORMATS, name: 'Toko Sari' }
  const { export: started, links } = await expectJson<StartedExport>(askExport(sari, body), 202)
  const done = await showExport(sari, started.id, 30)
  expect(done).toMatchObject({ status: 'completed', picturesDone: 2, files: 6, estimatedTimeRemaining: 0 })
  const { items } = await expectJson<{ items: LiveEvent[] }>(requestAs(sari, '/events?limit=100'), 200)
  const told = items.filter(({ jobId }) => jobId === started.id).map(({ type }) => type)
  expect(told).toEqual(['export_progress', 'export_progress', 'export_ready'])

  // The connection breaks at two thirds. What is there already is not fetched again.
  const first = await requestAs(sari, `/${links.download}`)
  const etag = first.headers.get('etag')!
  const sizeBytes = Number(first.headers.get('content-length'))
  const reader = first.body!.getReader()
  const kept: Uint8Array[] = []
  for (let bytes = 0; bytes < (sizeBytes * 2) / 3; ) {
    const { value } = await reader.read()
    kept.push(value!)
    bytes += value!.length
  }
  await reader.cancel()
  const cut = Buffer.concat(kept)
  const headers = { range: `bytes=${cut.length}-`, 'if-range': etag }
  const rest = await requestAs(sari, `/${links.download}`, { headers })
  expect(rest.status).toBe(206)
  const zip = new Uint8Array(Buffer.concat([cut, new Uint8Array(await rest.arrayBuffer())]))
  expect(zip.length).toBe(done.sizeBytes)

  // Every file is what its name and the manifest say.
  const files = unzipSync(zip)
  expect(Object.keys(files)).toHaveLength(7)
  const manifest = manifestIn(zip)
  expect(manifest.pictures.map(({ id }) => id)).toEqual(pictures.map(({ id }) => id))
  for (const { name, format, width, height } of manifest.pictures.flatMap((picture) => picture.files)) {
    const file = new Uint8Array(files[name]!)
    expect(readHeader(file, sniffType(file)!), name).toMatchObject({ width, height })
    expect([width, height]).toEqual(
      { shopee_product: [1000, 1000], instagram_story: [1080, 1920] }[format] ?? [256, 256],
    )
  }
  expect(await creditsOf(sari)).toEqual(paid)

  // A new background later: this ZIP stays what it was, the next one shows it.
  const original = manifest.pictures[0]!.files.find(({ format }) => format === 'original')!
  expect(await changed(sari, pictures[0]!.id, WHITE)).toMatchObject({ status: 'completed' })
  const same = await request(`/${done.downloadUrl}`)
  expect(same.headers.get('etag')).toBe(etag)
  expect(Buffer.compare(new Uint8Array(await same.arrayBuffer()), zip)).toBe(0)
  const later = await exported(sari, { imageIds: [pictures[0]!.id], formats: ['original'] })
  const [white] = manifestIn(await downloaded(later.downloadUrl)).pictures
  expect(white!.files[0]!.crc32).not.toBe(original.crc32)
}, 30_000)

const downloaded = async (url: string | null): Promise<Uint8Array> =>
  new Uint8Array(await (await request(`/${url}`)).arrayBuffer())
