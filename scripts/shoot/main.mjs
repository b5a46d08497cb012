// One shoot as a story: server, account, poses, price, generation, pictures, summary.
import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { demoAccount } from '../demo-login.mjs'
import { saveArchive } from './archive.mjs'
import { help, parseShootArgs, UsageError } from './args.mjs'
import { choosePictures, findPoses } from './choose.mjs'
import { ApiFailure, createApi } from './client.mjs'
import { contactSheet } from './contact-sheet.mjs'
import { buyMissing, quoteFor } from './credits.mjs'
import { downloads } from './download.mjs'
import { followGeneration } from './follow.mjs'
import { interrupts } from './interrupts.mjs'
import { openServer } from './open-server.mjs'
import { personFor } from './person.mjs'
import { progressBar } from './progress.mjs'
import { requestFor } from './request.mjs'
import { failureLine, summarize, summaryText } from './summary.mjs'

const cancelLimitMs = 60_000
const app = '/apps/pose-generator'

/** Runs the command; answers `{ code }`, its exit code. Says on stderr why it could not go on. */
export async function main(argv) {
  let server
  try {
    const args = parseShootArgs(argv)
    if (args.help) {
      console.log(help)
      return { code: 0 }
    }
    const say = (line) => (args.json ? process.stderr : process.stdout).write(`${line}\n`)
    const interrupt = interrupts()
    server = await openServer(args, say)
    const summary = await shoot(args, say, interrupt)
    if (args.json) console.log(JSON.stringify(summary, null, 2))
    else console.log(`\n${summaryText(summary)}`)
    return { code: summary.exitCode }
  } catch (error) {
    console.error(error.message)
    return { code: error instanceof UsageError || error instanceof ApiFailure ? 2 : 1 }
  } finally {
    await server?.stop()
  }
}

async function shoot(args, say, interrupt) {
  const api = createApi(args.url)
  const account = args.login ?? localAccount(args.url)
  const { registered } = await api.signInOrUp(account)
  say(`${registered ? 'Signed up' : 'Signed in'} as ${account.email}`)

  const { count, variations } = args
  const plan = choosePictures({ ...(await findPoses(api, args.poses, count)), count, variations })
  say(`Pictures: ${plan.total} (poses: ${plan.poses.length}, variations of each: ${plan.variations})`)
  const shownNames = plan.poses.slice(0, 6).map((pose) => pose.name)
  say(`  ${shownNames.join(', ')}${plan.poses.length > 6 ? ', …' : ''}`)
  if (plan.note) say(`  ${plan.note}`)
  const person = await personFor(api, args, say)
  const request = await payFor(api, await requestFor(api, plan, args, person), say)
  return make(api, plan, request, args, interrupt)
}

/** The demo login has a password that everybody knows: it must not come into being on a server that others reach. */
function localAccount(url) {
  const { hostname } = new URL(url)
  if (['127.0.0.1', 'localhost', '[::1]'].includes(hostname)) return demoAccount
  throw new UsageError(`Whose account on ${hostname}? Say --email and --password.`)
}

/** Says what it costs, buys what is missing, and answers the body to start with: the quote's price is what is paid. */
async function payFor(api, request, say) {
  let { quote, params } = await quoteFor(api, request)
  const pictures = quote.lines[0].quantity
  const each = quote.credits / pictures
  const quota = quote.fund === 'unlimited' ? `${pictures} pictures of today's quota` : ''
  const credits = quote.credits > 0 ? `${pictures} x ${each} = ${quote.credits} credits` : ''
  say(`Price: ${[quota, credits].filter(Boolean).join(' and ')}; balance ${quote.balanceAfter + quote.credits}`)
  if (quote.balanceAfter < 0) {
    const product = await buyMissing(api, -quote.balanceAfter)
    quote = (await quoteFor(api, params)).quote
    say(
      `Bought ${product.credits} credits through the simulated gateway; balance ${quote.balanceAfter + quote.credits}`,
    )
  }
  say(`Balance after it: ${quote.balanceAfter}`)
  return { ...params, quoteId: quote.id }
}

async function make(api, plan, request, args, interrupt) {
  const dir = resolve(
    args.here,
    args.out ?? join('shoots', new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')),
  )
  const shown = dir.startsWith(`${args.here}/`) ? relative(args.here, dir) : dir
  await mkdir(dir, { recursive: true }) // before anything is paid: a folder that cannot be written must cost nothing
  const names = new Map(plan.poses.map((pose) => [pose.id, pose.name]))
  const order = plan.poses.flatMap(({ id }) => Array.from({ length: plan.variations }, (_, n) => `${id}-v${n}`))
  const sheet = contactSheet()
  const saving = downloads(api, { dir, order, onPicture: sheet.add })
  const bar = progressBar(args.json ? process.stderr : process.stdout)
  const told = new Set() // an event can come twice, after a lost line
  const sayFailed = (image) => {
    if (!told.has(image.variationKey)) bar.say(`  failed: ${failureLine(image)}`)
    told.add(image.variationKey)
  }
  const live = await followGeneration(api, {
    onProgress: (state) => bar.update({ ...state, pose: names.get(state.pose) ?? state.pose }),
    onImage: (image) => (image.status === 'failed' ? sayFailed(image) : saving.offer(image)),
    onCount: () => saving.refresh(),
  })
  const startedMs = performance.now()
  try {
    const { generation, creditCharged: held } = await api.post(`${app}/generate`, request, { key: randomUUID() })
    saving.begin(generation.id)
    bar.update({ done: 0, failed: 0, total: plan.total })
    live.begin(generation)
    interrupt.cancelWith(async () => {
      bar.say('Cancelling; what is made stays. Ctrl-C again leaves at once.')
      // Refused when the last picture was quicker: then the end comes by itself.
      await api.post(`${app}/generations/${generation.id}/cancellation`).catch((error) => bar.say(error.message))
      await Promise.race([live.ended, new Promise((done) => setTimeout(done, cancelLimitMs).unref())])
    })
    await Promise.race([live.ended, interrupt.cancelled])
    const elapsedMs = performance.now() - startedMs
    const { files, failures, images } = await saving.finish()
    bar.end()
    const end = await api.get(`${app}/generations/${generation.id}`)
    const zip = args.formats.length > 0 && files.length > 0 ? await saveZip(api, generation.id, args, dir) : undefined
    return summarize({
      asked: plan.total,
      held,
      generation: end.generation,
      progress: end.progress,
      images,
      balance: (await api.get('/credits')).available,
      elapsedMs,
      dir: shown,
      files,
      sheet: files.length > 0 ? await writeSheet(sheet, dir, shown) : undefined,
      downloadFailures: zip?.failure ? [...failures, zip.failure] : failures,
      zip: zip?.path && { ...zip, path: zip.path.replace(dir, shown) },
    })
  } finally {
    bar.end()
    live.close()
  }
}

/** The pictures in the asked formats: the ZIP, or `{ failure }`. They are paid and on disk already, so it stops nothing. */
async function saveZip(api, generationId, { formats, json }, dir) {
  const bar = progressBar(json ? process.stderr : process.stdout)
  try {
    const onProgress = (state) => bar.update({ ...state, pose: 'ZIP' })
    const zip = await saveArchive(api, { generationId, formats, dir, onProgress })
    return zip.path ? zip : { failure: 'ZIP: no file could be made' }
  } catch (error) {
    return { failure: `ZIP: ${error.message}` }
  } finally {
    bar.end()
  }
}

async function writeSheet(sheet, dir, shown) {
  await writeFile(join(dir, 'contact-sheet.png'), await sheet.encode())
  return join(shown, 'contact-sheet.png')
}
