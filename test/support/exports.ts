import { strFromU8, unzipSync } from 'fflate'
import { expectJson, requestAs } from './app'
import type { Person } from './people'
import { GENERATOR, newKey } from './shoots'

export type Export = {
  id: string
  name: string
  status: string
  formats: string[]
  picturesTotal: number
  picturesDone: number
  picturesFailed: number
  picturesCancelled: number
  percentage: number
  estimatedTimeRemaining: number | null
  createdAt: string
  endedAt: string | null
  files: number | null
  sizeBytes: number | null
  downloadUrl: string | null
}
export type ListedExport = Omit<
  Export,
  'name' | 'formats' | 'estimatedTimeRemaining' | 'files' | 'sizeBytes' | 'downloadUrl'
>
export type StartedExport = { export: Export; links: { self: string; download: string; cancel: string } }

export type Manifest = {
  digitalSourceType: string
  export: { id: string; name: string; createdAt: string; fill: string }
  formats: { id: string; widthPx: number | null; heightPx: number | null }[]
  pictures: {
    id: string
    pose: string | null
    prompt?: string
    seed?: number
    provider?: string
    simulated: boolean
    files: { name: string; format: string; width: number; height: number; bytes: number; crc32: string }[]
  }[]
  failures: { picture: string; name: string; format: string | null; code: string }[]
}

export const manifestIn = (zip: Uint8Array): Manifest =>
  JSON.parse(strFromU8(unzipSync(zip, { filter: ({ name }) => name === 'manifest.json' })['manifest.json']!))

export const askExport = (person: Person, body: object, key: string = newKey()): Promise<Response> =>
  requestAs(person, `${GENERATOR}/exports`, { json: body, headers: { 'idempotency-key': key } })

export const showExport = async (person: Person, id: string, wait = 0): Promise<Export> => {
  const headers = { ...(wait > 0 && { prefer: `wait=${wait}` }) }
  const shown = requestAs(person, `${GENERATOR}/exports/${id}`, { headers })
  return (await expectJson<{ export: Export }>(shown, 200)).export
}

/** Starts an export and waits for its end. */
export async function exported(person: Person, body: object): Promise<Export> {
  const started = await expectJson<StartedExport>(askExport(person, body), 202)
  return showExport(person, started.export.id, 30)
}
