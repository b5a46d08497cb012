import { vi } from 'vitest'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { expectJson, request, requestAs } from './app'
import type { Person } from './people'
import { ended, GENERATOR, newKey, type Page, type Picture, resultsOf, startShoot } from './shoots'

export type BackgroundJob = {
  id: string
  status: string
  picturesTotal: number
  picturesCompleted: number
  picturesFailed: number
  picturesCancelled: number
  creditHeld: number
  creditCharged: number
  creditRefunded: number
}
export type Background = {
  id: string
  imageId: string
  backgroundMode: string
  outputImageUrl: string
  isShown: boolean
  seed: number | null
}
export type StartedChange = { job: BackgroundJob; shownImageIds: string[] }
export type ShownPicture = Picture & { originalImageUrl: string | null }

export const WHITE = { backgroundMode: 'solid_color', backgroundColor: '#ffffff' }

/** Asks for another background; the answer as it comes. */
export const change = (person: Person, imageId: string, wish: object, key: string = newKey()): Promise<Response> =>
  requestAs(person, `${GENERATOR}/poses/${imageId}/background`, { json: wish, headers: { 'idempotency-key': key } })

export const showJob = (person: Person, id: string): Promise<{ job: BackgroundJob; pictures: { status: string }[] }> =>
  expectJson(requestAs(person, `${GENERATOR}/backgrounds/${id}`), 200)

/** The job once it has an end. */
export async function endOf(person: Person, id: string): Promise<BackgroundJob> {
  const isEnded = async () => !/^(pending|processing)$/.test((await showJob(person, id)).job.status)
  await vi.waitUntil(isEnded, { timeout: 20_000, interval: 20 })
  return (await showJob(person, id)).job
}

/** Asks, and waits for the end of the job. */
export async function changed(person: Person, imageId: string, wish: object): Promise<BackgroundJob> {
  const { job } = await expectJson<StartedChange>(change(person, imageId, wish), 202)
  return endOf(person, job.id)
}

export const undo = (person: Person, imageId: string): Promise<Response> =>
  requestAs(person, `${GENERATOR}/poses/${imageId}/background`, { method: 'DELETE' })

export const backgroundsOf = async (person: Person, imageId: string): Promise<Background[]> =>
  (await expectJson<{ items: Background[] }>(requestAs(person, `${GENERATOR}/poses/${imageId}/backgrounds`), 200)).items

/** A shoot with its pictures, once it has an end; all fields of the pictures. */
export async function shotPictures(person: Person, fields: object = {}) {
  const { generation } = await startShoot(person, fields)
  const last = await ended(person, generation.id)
  const { items } = (await resultsOf(person, generation.id)) as Page<ShownPicture>
  return { generation: last, pictures: items, picture: items[0]! }
}

/** The picture as its generation's results show it now. */
export async function shown(person: Person, generationId: string, imageId: string): Promise<ShownPicture> {
  const { items } = (await resultsOf(person, generationId)) as Page<ShownPicture>
  return items.find(({ id }) => id === imageId)!
}

/** The file behind a signed URL. */
export async function fileAt(url: string | null): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await request(`/${url}`)
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
  return new Uint8Array(await answer.arrayBuffer())
}

export const pixelsAt = async (url: string | null) => createImageKernel(modules.image).decodePng(await fileAt(url))

/** [r, g, b, a] at a pixel. */
export const pixelOf = ({ rgba, width }: { rgba: Uint8Array; width: number }, x: number, y: number): number[] => [
  ...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4),
]
