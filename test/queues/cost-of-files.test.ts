import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { newId } from '../../src/kernel/ids'
import { userObject } from '../../src/objects'
import { countedDatabase } from '../support/counted-database'
import { startAsk } from '../support/jobs'
import { deliver, messagesOf, type OpenUser, openUser } from '../support/queue'

const PICTURES = 4
/** Operations of R2 by what they are billed as: A (put, list) is $4.50 a million, B (get, head) $0.36, delete nothing. */
const CLASSES = { put: 'a', list: 'a', get: 'b', head: 'b' } as const

/** What everything costs from here on, seen from the queue's side and the user's object. */
async function meter(user: OpenUser) {
  const counts = { d1: 0, object: 0, a: 0, b: 0, messages: 0 }
  const DB = countedDatabase((rows) => {
    counts.d1 += rows
  })
  const MEDIA = new Proxy(env.MEDIA, {
    get(bucket, name) {
      const kind = CLASSES[name as keyof typeof CLASSES]
      const real = Reflect.get(bucket, name) as (...sent: unknown[]) => unknown
      return (...sent: unknown[]) => {
        if (kind) counts[kind]++
        return real.apply(bucket, sent)
      }
    },
  })
  const sent: unknown[] = []
  const GENERATION_QUEUE = { send: async (body: unknown) => void sent.push(body) }
  await runInDurableObject(userObject(env, user.userId), (object, { storage: { sql } }) => {
    const { env: own } = object as unknown as { env: Env }
    Object.defineProperty(object, 'env', { value: { ...own, DB }, configurable: true })
    const { exec } = Object.getPrototypeOf(sql) as SqlStorage
    sql.exec = function (query, ...bindings) {
      const cursor = exec.call(this, query, ...bindings)
      cursors.push(cursor)
      return cursor as never
    }
  })
  const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = []
  const vars = { DB, MEDIA, GENERATION_QUEUE } as unknown as Partial<Record<keyof Env, unknown>>
  return {
    async run(jobId: string) {
      const bodies = await messagesOf(user, jobId, PICTURES)
      counts.messages += bodies.length
      await deliver(
        bodies.map((body) => ({ body })),
        { vars },
      )
      for (; sent.length > 0; counts.messages++) await deliver([{ body: sent.shift() }], { vars })
    },
    /** Of one picture, since the last time. */
    read() {
      counts.object = cursors.splice(0).reduce((sum, cursor) => sum + cursor.rowsWritten, 0)
      const each = Object.fromEntries(
        Object.entries(counts).map(([name, n]) => [name, Math.round((10 * n) / PICTURES) / 10]),
      )
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] = 0
      return each as typeof counts
    },
  }
}

test('a picture, its files, another background and an export cost what docs/providers.md says', async () => {
  const user = await openUser({ credits: 1_000 })
  const meters = await meter(user)
  const ask = startAsk({ poses: PICTURES, projectId: user.projectId, poseId: 'carry-box-chest' })
  const formats = ['original', 'instagram_story', 'shopee_product'] as const
  const { params } = ask.job as Extract<typeof ask.job, { app: 'pose-generator' }>
  params.outputFormats = [...formats]
  expect(await user.object().start(ask)).toMatchObject({ ok: true })
  await meters.run(ask.job.id)
  const shoot = meters.read()

  const imageIds = ask.tasks.map(({ imageId }) => imageId)
  const tasks = imageIds.map((imageId) => ({
    ...{ variationKey: imageId, imageId, name: 'pose', poseId: null, draft: null, prompt: '', seed: 0 },
  }))
  const start = async (job: typeof ask.job, backgroundCredits: number) => {
    const price = { poseCredits: 0, backgroundCredits }
    const begun = { ...startAsk({ fund: 'credits' }), route: job.app, key: job.id, job, tasks, price }
    expect(await user.object().start(begun)).toMatchObject({ ok: true })
    await meters.run(job.id)
    expect(await user.object().job(job.id)).toMatchObject({ status: 'completed', completed: PICTURES })
    return meters.read()
  }
  const base = { projectId: '', textPrompt: null }
  const wish = { mode: 'solid_color', color: '#FFFFFF', shadow: true } as const
  const background = await start(
    { ...base, id: newId('backgroundJob'), app: 'backgrounds', type: 'BACKGROUND', params: { wish } },
    10,
  )
  const options = { fill: 'sampled', withRecipe: true } as const
  const exported = (versions: Record<string, string>) =>
    start(
      {
        ...{ ...base, id: newId('export'), app: 'exports', type: 'EXPORT' },
        params: { name: 'shoot', formats: ['shopee_product', 'instagram_story', 'print_a4'], options, versions },
      },
      0,
    )
  const files = await exported({})
  const again = await exported({})
  // When it was written down: 18.3, 20.8, 5, 1, 2; of the 18 rows four count the use of the pose.
  expectAtMost(shoot, { d1: 20, object: 23, a: 5, b: 1, messages: 2 })
  // 5.3, 20.8, 2, 2, 1.
  expectAtMost(background, { d1: 7, object: 23, a: 2, b: 3, messages: 1 })
  // 4, 13.5, 1, 3, 1.
  expectAtMost(files, { d1: 6, object: 15, a: 2, b: 4, messages: 1 })
  expectAtMost(again, { d1: 2, object: 15, a: 0, b: 3, messages: 1 })
})

type Costs = Record<'d1' | 'object' | 'a' | 'b' | 'messages', number>

function expectAtMost(measured: Costs, most: Costs): void {
  const beyond = Object.entries(most).filter(([name, limit]) => measured[name as keyof Costs] > limit)
  expect(beyond, JSON.stringify(measured)).toEqual([])
}
