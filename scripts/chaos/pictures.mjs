// What sellers do with pictures that are there: other backgrounds, and files as a ZIP; and what must be true of both.
import { crc32 } from 'node:zlib'
import { unzipSync } from 'fflate'
import { acknowledged, pick, pickRecent } from './seller.mjs'

const generator = '/apps/pose-generator'
/** Few, so that the same wish comes again. */
const wishes = [
  { backgroundMode: 'solid_color', backgroundColor: '#FFFFFF' },
  { backgroundMode: 'transparent' },
  { backgroundMode: 'ai_generate', backgroundPrompt: 'a bright kitchen' },
]
const formats = ['original', 'whatsapp_catalog', 'shopee_product']

/**
 * A new request about pictures of a generation, in the notebook before it is sent: `{ kind, key, path, body, most, id,
 * lost }` as a generation has them, `imageId` and `wish` for a background. Null when there are no pictures yet.
 */
export async function notePictures(seller, { number, kind, which, wish = 0 }) {
  // Of those that were ordered with a background nobody could tell later which one they were charged for.
  const plain = acknowledged(seller.generations).filter(({ each }) => each === seller.prices.pose)
  const generation = pickRecent(kind === 'background' ? plain : acknowledged(seller.generations), which)
  if (!generation) return null
  const answer = await seller.account.ask({ path: `${generator}/generations/${generation.id}/results?limit=20` })
  const made = answer.status === 200 ? answer.body.items.filter(({ status }) => status === 'completed') : []
  const image = pick(made, which)
  if (!image) return null
  const change = {
    path: `${generator}/poses/${image.id}/background`,
    body: wishes[wish],
    most: seller.prices.background,
  }
  const zip = { path: `${generator}/exports`, body: { imageIds: made.map(({ id }) => id), formats }, most: 0 }
  const request = {
    ...{ kind, key: `${seller.name}-${kind}-${number}`, ...(kind === 'background' ? change : zip) },
    ...{ imageId: image.id, wish, id: null, lost: false },
  }
  seller.requests.push(request)
  return request
}

/** Sends such a request. Its key gives one job, or says each time that there was nothing to make. */
export async function sendPictures(seller, world, request, cutAfterMs) {
  const { kind, path, key, body: json } = request
  const pending = seller.account.ask({ method: 'POST', path, key, json, cutAfterMs })
  world.sent(kind)
  const answer = await pending
  if (answer.lost) request.lost = true
  else if (answer.status === 202) {
    const { id } = answer.body.job ?? answer.body.export
    if (request.id !== null && request.id !== id) world.broken('one key gives one job', { key, first: request.id, id })
    Object.assign(request, { id, lost: false })
  } else if (request.id !== null && answer.status < 500)
    world.broken('an acknowledged job is acknowledged again', { key, id: request.id, now: answer.status })
  else if (answer.status < 500) request.lost = false
  return answer
}

export const pathOfJob = ({ kind, id }) => `${generator}/${kind === 'background' ? 'backgrounds' : 'exports'}/${id}`

const hasEnded = ({ status }) => status !== 'pending' && status !== 'processing'
const jobOf = (body) => body.job ?? body.export

/** How many acknowledged jobs of a seller are still open. */
export async function openJobs(seller) {
  let open = 0
  for (const request of acknowledged(seller.requests)) {
    if (seller.ended.has(request.id)) continue
    const job = jobOf(await seller.account.must({ path: pathOfJob(request) }))
    if (hasEnded(job)) seller.ended.add(request.id)
    else open++
  }
  return open
}

/** At the end: each background was charged once if it is there, and the ZIP of each export is whole. Answers counts. */
export async function checkPictures(seller, world, books) {
  const told = acknowledged(seller.requests)
  /** By picture and wish: what all jobs for it were charged. */
  const charged = new Map()
  let archives = 0
  for (const request of told) {
    const answer = await seller.account.ask({ path: pathOfJob(request) })
    if (answer.status !== 200) {
      world.broken('an acknowledged job exists', { id: request.id, status: answer.status })
      continue
    }
    const job = jobOf(answer.body)
    const settled = books.ofGeneration(request.id, 'settle')
    const held = books.ofGeneration(request.id, 'hold')
    if (!hasEnded(job)) world.broken('every job ends', job)
    if (held !== settled + books.ofGeneration(request.id, 'release'))
      world.broken('a hold is charged or released to the last credit', { id: request.id, held, settled })
    if (request.kind === 'background') {
      if (job.creditCharged !== settled) world.broken('a job says what it was charged', { ...job, settled })
      const place = `${request.imageId} ${request.wish}`
      charged.set(place, (charged.get(place) ?? 0) + settled)
    } else {
      if (held !== 0) world.broken('files cost nothing', { id: request.id, held })
      if (job.downloadUrl) archives += await checkArchive(world, job)
    }
  }
  for (const [place, credits] of charged) await checkVersion(seller, world, place, credits)
  return { backgrounds: [...charged.values()].filter((credits) => credits > 0).length, archives }
}

async function checkVersion(seller, world, place, credits) {
  const [imageId, wish] = place.split(' ')
  const { items } = await seller.account.must({ path: `${generator}/poses/${imageId}/backgrounds` })
  const { backgroundMode } = wishes[wish]
  const there = items.filter((item) => item.backgroundMode === backgroundMode)
  if (there.length > 1 || credits !== there.length * seller.prices.background)
    world.broken('a background is charged once if it is there, and not if it is not', { place, credits, there })
}

/** Counts 1 for a ZIP that is what it says it is, and that a broken download of it goes on with. */
async function checkArchive(world, { id, downloadUrl, files, sizeBytes, picturesFailed }) {
  const url = new URL(downloadUrl, world.server.origin)
  const whole = new Uint8Array(await (await fetch(url)).arrayBuffer())
  const cut = Math.floor(whole.length / 3)
  const rest = new Uint8Array(await (await fetch(url, { headers: { range: `bytes=${cut}-` } })).arrayBuffer())
  const entries = unzipSync(whole)
  const manifest = JSON.parse(new TextDecoder().decode(entries['manifest.json']))
  const listed = manifest.pictures.flatMap((picture) => picture.files)
  const sums = listed.every(({ name, crc32: sum }) => crc32(entries[name] ?? '') === Number.parseInt(sum, 16))
  const isWhole = whole.length === sizeBytes && listed.length === files && sums
  if (!isWhole || Buffer.compare(rest, whole.subarray(cut)) !== 0)
    world.broken('a ZIP is whole, and goes on where it was cut', { id, files, sizeBytes, got: whole.length })
  if (manifest.failures.length === 0 && picturesFailed > 0)
    world.broken('a ZIP names what it lacks', { id, picturesFailed })
  return 1
}
