// Jobs of a fake provider that works while nobody asks: by id, ready after a while, their pictures kept until it is reset.
import { randomUUID } from 'node:crypto'
import { blackPicture, drawFake } from './fake-picture.mjs'
import { makePlan } from './faults.mjs'

const hugeBytes = 26 * 1024 * 1024

/** The plan of faults (faults.mjs) of a provider with jobs, and its jobs. */
export function makeJobs({ answers = {} } = {}) {
  const jobs = new Map()
  const isOpen = (job) => !job.cancelled && Date.now() < job.readyAt
  const plan = makePlan({
    answers,
    inFlight: () => [...jobs.values()].filter(isOpen).length,
    jobs: () => [...jobs.values()].map(told),
    forget: () => jobs.clear(),
  })

  /**
   * Begins a job of a picture: `asked` is what drawFake takes, and checked by it at once; throws like it. `fault` is the
   * one that met the submission, or null.
   */
  function begin(asked, fault) {
    const isWrongSize = fault?.next === 'wrong-size'
    const size = isWrongSize ? { width: asked.width + 16, height: asked.height } : {}
    const bytes = fault?.next === 'black' ? blackPicture(asked.width, asked.height) : drawFake({ ...asked, ...size })
    const begunAt = Date.now()
    const job = { id: randomUUID(), asked, bytes, fault, begunAt, readyAt: begunAt + plan.latencyMs(), polls: 0 }
    Object.assign(job, { cancelled: false, delivered: false })
    if (fault?.next !== 'lost') jobs.set(job.id, job)
    return job
  }

  /** `working`, `done` or `cancelled`. */
  const stateOf = (job) => (job.cancelled ? 'cancelled' : isOpen(job) ? 'working' : 'done')

  /** Cancels a job that is still at work; whether it was. */
  function cancel(job) {
    if (!isOpen(job)) return false
    job.cancelled = true
    return true
  }

  /** Where the picture of a job is; `baseUrl` is the server's own. */
  function pictureUrl({ id, fault, bytes }, baseUrl) {
    if (fault?.next === 'foreign') return fault.url
    if (fault?.next === 'inline') return `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`
    return `${baseUrl}/files/${id}.png`
  }

  /** Answers `/files/<id>.png`, without a key as a CDN does; undefined for every other path. */
  async function files(request) {
    const id = /^\/files\/([\w-]+)\.png$/.exec(request.path)?.[1]
    if (request.method !== 'GET' || !id) return undefined
    return plan.meet('download', request, () => {
      const job = jobs.get(id)
      const damage = job?.fault?.next
      if (!job || stateOf(job) !== 'done' || damage === 'gone')
        return { status: 404, text: '<html>no such file</html>' }
      if (damage === 'html') return { status: 200, text: '<html>welcome</html>' }
      if (damage === 'no-picture') return { status: 200, bytes: Buffer.alloc(4_000, 7) }
      if (damage === 'redirect') return { status: 302, text: '', headers: { location: job.fault.url ?? '/elsewhere' } }
      if (damage === 'huge') return { status: 200, bytes: Buffer.concat([job.bytes, Buffer.alloc(hugeBytes)]) }
      const answer = { status: 200, bytes: job.bytes, headers: { 'content-type': 'image/png' } }
      // A line that broke once: whoever asks again gets the whole picture.
      if (damage === 'truncated' && !job.wasCut) {
        job.wasCut = true
        return { ...answer, cut: true }
      }
      if (damage === 'half-picture') return { ...answer, bytes: job.bytes.subarray(0, job.bytes.length / 2) }
      if (!job.delivered) plan.delivered()
      job.delivered = true
      return answer
    })
  }

  const told = (job) => {
    const { id, asked, fault, begunAt, readyAt, polls, delivered } = job
    const { width, height, seed, prompt } = asked
    return {
      id,
      state: stateOf(job),
      fault: fault?.next ?? null,
      begunAt,
      readyAt,
      polls,
      delivered,
      width,
      height,
      seed,
      prompt,
    }
  }

  return { plan, begin, stateOf, cancel, pictureUrl, files, find: (id) => jobs.get(id) }
}
