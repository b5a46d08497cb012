// Puts finished pictures on disk while others are still being made.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const atOnce = 4
const listAgainMs = 2_000
const extensions = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/webp': 'webp' }

/**
 * File name of a picture without extension: its place in the shoot, pose and variation, e.g. `03-carry-box-v1`.
 * `variationKey` is `<poseId>-v<n>`; characters that mean something to a file system are replaced.
 */
export function fileStem(variationKey, place, total) {
  const number = String(place + 1).padStart(Math.max(2, String(total).length), '0')
  return `${number}-${variationKey.replace(/[^A-Za-z0-9_-]+/g, '_').slice(0, 120)}`
}

/**
 * A queue of downloads into the folder `dir`, four at a time, each picture once. `order` lists the variation keys in the order of
 * the shoot. `offer(image)` takes a picture as the API describes it and ignores unfinished ones; `refresh()` asks for
 * the list of results (at most every 2 s, however often it is called) and offers them; `finish()` lists once more,
 * waits for all and answers `{ files, failures, images }`. `onPicture(place, stem, bytes)` sees each main picture.
 */
export function downloads(api, { dir, order, onPicture }) {
  const places = new Map(order.map((key, place) => [key, place]))
  const taken = new Set()
  const waiting = []
  const files = []
  const failures = []
  let generationId
  let running = 0
  let idle = []
  let listing
  let listedMs = 0

  function offer(image) {
    if (image.status !== 'completed' || !image.outputImageUrl || taken.has(image.variationKey)) return
    taken.add(image.variationKey)
    const place = places.get(image.variationKey) ?? taken.size - 1
    const stem = fileStem(image.variationKey, place, order.length)
    waiting.push({ url: image.outputImageUrl, stem, place })
    for (const [format, url] of Object.entries(image.exports ?? {})) {
      if (format !== 'original') waiting.push({ url, stem: `${stem}_${format.replace(/[^A-Za-z0-9_-]+/g, '_')}` })
    }
    pump()
  }

  function pump() {
    while (running < atOnce && waiting.length > 0) {
      running++
      save(waiting.shift()).finally(() => {
        running--
        pump()
      })
    }
    if (running > 0) return
    for (const done of idle) done()
    idle = []
  }

  async function save({ url, stem, place }) {
    try {
      const { bytes, contentType } = await api.download(url)
      const name = `${stem}.${extensions[contentType] ?? 'bin'}`
      await writeFile(join(dir, name), bytes)
      files.push(name)
      if (place !== undefined) onPicture(place, stem, bytes)
    } catch (error) {
      failures.push(`${stem}: ${error.message}`)
    }
  }

  async function list() {
    const images = []
    let cursor = ''
    do {
      const query = `limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const { items, page } = await api.get(`/apps/pose-generator/generations/${generationId}/results?${query}`)
      images.push(...items)
      cursor = page?.nextCursor ?? ''
    } while (cursor && images.length < order.length * 2)
    for (const image of images) offer(image)
    return images
  }

  return {
    offer,
    begin(id) {
      generationId = id
    },
    refresh() {
      if (!generationId || listing || Date.now() - listedMs < listAgainMs) return
      listedMs = Date.now()
      listing = list()
        .catch(() => {}) // finish() lists again, and that one is heard
        .finally(() => {
          listing = undefined
        })
    },
    async finish() {
      await listing
      const images = await list()
      await new Promise((done) => {
        idle.push(done)
        pump()
      })
      return { files: files.sort(), failures, images }
    },
  }
}
