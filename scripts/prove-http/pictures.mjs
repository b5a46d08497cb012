// Commands that ask for pictures.
import { setTimeout as wait } from 'node:timers/promises'

const generatePath = '/apps/pose-generator/generate'
const lookEveryMs = 15
const endLimitMs = 60_000
/** A race is about credits, not about pictures: with more credits than this, both may have theirs. */
const mostRacing = 24

/** One of `list` that any whole number names; undefined when there is none. */
export const pick = (list, choice) => (list.length === 0 ? undefined : list[choice % list.length])

/** A request: its body, its pictures, how many of them will come, and what each costs without a plan. */
export function requestOf({ world, projectId }, { poses, batch, background, refused = 0, byCredits = 0 }) {
  const { shop } = world
  const good = shop.poses.slice(0, poses)
  const bad = shop.refusedPoses.slice(0, refused)
  const body = {
    projectId,
    generationType: 'GALLERY_REFERENCE',
    selectedPoseIds: [...good, ...bad],
    batchSize: batch,
    width: 256,
    height: 256,
    seed: 1,
    ...(background === 1 && { useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#ffffff' }),
    ...(byCredits === 1 && { fund: 'credits' }),
  }
  return {
    ...{ path: generatePath, body, pictures: (poses + refused) * batch, good: poses * batch },
    ...{ pose: shop.price.pose, background: background === 1 ? shop.price.background : 0, byCredits: byCredits === 1 },
  }
}

/** Sends a request for pictures under `key`; one try. */
export const askFor = ({ account }, { path, body }, key) => account.ask({ method: 'POST', path, key, json: body })

/**
 * The terms on which a start that is not replayed was accepted, held in the model; null when it had to be refused, and
 * was. Throws when the server says otherwise.
 */
export function expectStart({ model, expect }, { status, body }, request, terms = model.termsOf(request)) {
  const { pictures } = request
  const required = pictures * terms.each
  const refusal = model.refusal(pictures, terms)
  const { details } = body.error ?? {}
  if (refusal === 429) {
    const { remaining } = model
    expect('a request beyond the quota', [status, details?.required, details?.remaining], [429, pictures, remaining])
    return null
  }
  if (refusal === 402) {
    const { available } = model
    expect('a request beyond the credits', [status, details?.required, details?.available], [402, required, available])
    return null
  }
  const came = [status, body.generation?.fund, body.creditCharged]
  expect('a request within the limits', came, [202, terms.fund, required])
  model.hold(pictures, terms)
  return terms
}

/** Waits for the end of a generation and answers it. */
export async function awaitEnd({ account, expect }, id) {
  const untilMs = Date.now() + endLimitMs
  for (;;) {
    const { generation } = await account.must({ path: `/apps/pose-generator/generations/${id}` })
    if (generation.endedAt) return generation
    expect('a generation ends in time', Date.now() < untilMs, true)
    await wait(lookEveryMs)
  }
}

/** `good` pictures came: they are charged, the others released. */
export function settleModel({ model, expect }, { pictures }, generation, good, terms) {
  const { posesCompleted, posesFailed, posesCancelled, creditCharged } = generation
  expect('pictures that came', [posesCompleted, creditCharged], [good, good * terms.each])
  expect('an end for every picture', posesCompleted + posesFailed + posesCancelled, pictures)
  model.settle(pictures, good, terms)
}

async function finish(life, request, key, answer, terms) {
  const { id } = answer.body.generation
  const generation = await awaitEnd(life, id)
  settleModel(life, request, generation, request.good, terms)
  life.generations.push({ ...request, id, key, fund: terms.fund, failed: generation.posesFailed, isCancelled: false })
}

/** Asks for a quote and notes it. It must name fund and price. */
async function quoteFor(life, request) {
  const json = { app: 'pose-generator', params: request.body }
  const { status, body } = await life.account.ask({ method: 'POST', path: '/quotes', json })
  const terms = life.model.termsOf(request)
  const credits = request.pictures * terms.each
  const balanceAfter = life.model.available - credits
  const came = [status, body.fund, body.credits, body.balanceAfter]
  life.expect('a quote', came, [201, terms.fund, credits, balanceAfter])
  const quote = { id: body.id, request, terms, used: false }
  life.quotes.push(quote)
  return quote
}

/** Why a quote does not bind for this request now: status and code; null when it does. */
function quoteRefusal({ model }, quote, request) {
  if (quote.used) return [409, 'QUOTE_USED']
  if (JSON.stringify(quote.request.body) !== JSON.stringify(request.body)) return [422, 'VALIDATION_FAILED']
  return quote.terms.fund === 'unlimited' && !model.quota.isActive ? [409, 'QUOTE_EXPIRED'] : null
}

/** Commands by name: `(life, command)`. */
export const START = {
  async quote(life, command) {
    await quoteFor(life, requestOf(life, command))
  },

  async generate(life, command) {
    const request = requestOf(life, command)
    const quote =
      command.quote === 1
        ? await quoteFor(life, request)
        : command.quote === 2
          ? pick(life.quotes, command.which)
          : null
    const key = life.newKey()
    const asked = quote ? { ...request, body: { ...request.body, quoteId: quote.id } } : request
    const answer = await askFor(life, asked, key)
    const refusal = quote ? quoteRefusal(life, quote, request) : null
    if (refusal) return life.expect('a quote', [answer.status, answer.body.error?.code], refusal)
    const terms = expectStart(life, answer, request, quote?.terms)
    if (!terms) return
    if (quote) quote.used = true
    await finish(life, asked, key, answer, terms)
  },

  async tooMuch(life) {
    const { world, model } = life
    const pictures = Math.floor(model.available / world.shop.price.pose) + 1
    const batch = 10
    const poses = Math.ceil(pictures / batch)
    if (poses > world.shop.poses.length) return
    const request = requestOf(life, { poses, batch, background: 0, byCredits: 1 })
    life.expect('more than there is', expectStart(life, await askFor(life, request, life.newKey()), request), null)
  },

  async tooManyToday(life) {
    if (!life.model.quota.isActive) return
    const request = requestOf(life, { poses: life.model.remaining + 1, batch: 1, background: 0 })
    life.expect('more than the day has', expectStart(life, await askFor(life, request, life.newKey()), request), null)
  },

  async again(life, { which, changed }) {
    const earlier = pick(life.generations, which)
    if (!earlier) return
    if (changed === 0 && earlier.body) {
      const other = { ...earlier, body: { ...earlier.body, seed: 2 } }
      const { status, body } = await askFor(life, other, earlier.key)
      return life.expect('a key with another body', [status, body.error?.code], [422, 'IDEMPOTENCY_KEY_REUSED'])
    }
    const { status, body } = await askFor(life, earlier, earlier.key)
    life.expect('the same key again', [status, body.generation?.id], [202, earlier.id])
  },

  async twice(life, command) {
    const request = requestOf(life, { ...command, background: 0 })
    const key = life.newKey()
    const [first, second] = await Promise.all([askFor(life, request, key), askFor(life, request, key)])
    const terms = expectStart(life, first, request)
    life.expect('both answers under one key', second.status, first.status)
    if (!terms) return
    life.expect('one generation under one key', second.body.generation.id, first.body.generation.id)
    await finish(life, request, key, first, terms)
  },

  async race(life, { background }) {
    const { world, model } = life
    const { price } = world.shop
    const affordable = Math.floor(model.available / (price.pose + (background === 1 ? price.background : 0)))
    // More than half of what is there, so that one of them must go without.
    const poses = affordable > mostRacing ? 1 : Math.floor(affordable / 2) + 1
    const request = requestOf(life, { poses, batch: 1, background, byCredits: 1 })
    const keys = [life.newKey(), life.newKey()]
    const answers = await Promise.all(keys.map((key) => askFor(life, request, key)))
    const room = model.owed > 0 ? 0 : Math.min(2, Math.floor(affordable / poses))
    life.expect('requests accepted of two at once', answers.filter(({ status }) => status === 202).length, room)
    // In the order in which they were answered: the refused one saw what the accepted one had left.
    const sorted = keys
      .map((key, index) => ({ key, answer: answers[index] }))
      .sort((a, b) => a.answer.status - b.answer.status)
    const started = sorted.map(({ key, answer }) => ({ key, answer, terms: expectStart(life, answer, request) }))
    for (const { key, answer, terms } of started) if (terms) await finish(life, request, key, answer, terms)
  },

  async raceForQuote(life, { poses }) {
    const request = requestOf(life, { poses, batch: 1, background: 0 })
    const quote = await quoteFor(life, request)
    const asked = { ...request, body: { ...request.body, quoteId: quote.id } }
    const keys = [life.newKey(), life.newKey()]
    const answers = await Promise.all(keys.map((key) => askFor(life, asked, key)))
    const statuses = answers.map(({ status }) => status).sort()
    const refusal = life.model.refusal(request.pictures, quote.terms)
    life.expect('two requests for one quote', statuses, refusal ? [refusal, refusal] : [202, 409])
    if (refusal) return
    quote.used = true
    const index = answers.findIndex(({ status }) => status === 202)
    const terms = expectStart(life, answers[index], request, quote.terms)
    await finish(life, asked, keys[index], answers[index], terms)
  },
}
