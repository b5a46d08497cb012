// The ZIP of a shoot in the sizes that shops ask for: ordered, waited for, and brought to disk.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'

const exportsPath = '/apps/pose-generator/exports'
const pollMs = 500
const maxTries = 5
const stallLimitMs = 60_000

/**
 * Has all pictures of a generation exported in `formats` and saves the ZIP in `dir`. `onProgress({ done, failed, total })` as the
 * files are built. Answers `{ path, bytes, failed }`, `path` null when not one file could be made.
 */
export async function saveArchive(api, { generationId, formats, dir, onProgress }) {
  const body = { generationId, formats, name: generationId }
  let { export: state } = await api.post(exportsPath, body, { key: randomUUID() })
  while (state.status === 'pending' || state.status === 'processing') {
    await wait(pollMs)
    state = (await api.get(`${exportsPath}/${state.id}`)).export
    onProgress({
      done: state.picturesDone + state.picturesFailed,
      failed: state.picturesFailed,
      total: state.picturesTotal,
    })
  }
  const failed = state.picturesFailed
  if (!state.downloadUrl) return { path: null, bytes: 0, failed }
  const path = join(dir, `${generationId}.zip`)
  // Whoever finds the file under its name finds it whole.
  await fetchInto(api, state, `${path}.part`)
  await rename(`${path}.part`, path)
  return { path, bytes: state.sizeBytes, failed }
}

/** Goes on where a broken line left off; each try asks for a fresh address. */
async function fetchInto(api, { id, sizeBytes }, path) {
  let have = 0
  for (let tried = 1; have < sizeBytes; tried++) {
    const { downloadUrl } = (await api.get(`${exportsPath}/${id}`)).export
    try {
      const response = await fetch(new URL(downloadUrl, api.origin), {
        headers: have > 0 ? { range: `bytes=${have}-` } : {},
        signal: AbortSignal.timeout(stallLimitMs + Math.ceil(sizeBytes / 1_000)),
      })
      if (response.status !== (have > 0 ? 206 : 200)) throw new Error(`the ZIP answered ${response.status}`)
      const file = createWriteStream(path, { flags: have > 0 ? 'a' : 'w' })
      try {
        await pipeline(Readable.fromWeb(response.body), file)
      } finally {
        // What is being written when the line breaks is written still, and no stream counts it: only the closed file knows.
        if (!file.closed) await once(file, 'close')
        have = (await stat(path)).size
      }
    } catch (error) {
      if (tried >= maxTries) throw new Error(`The ZIP did not arrive: ${error.cause?.message ?? error.message}`)
    }
  }
}
