import { createExecutionContext, createMessageBatch, runInDurableObject, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { vi } from 'vitest'
import { consume } from '../../queues/consumer'
import { createApp } from '../../src/app'
import { userObject } from '../../src/objects'
import { expectJson, ORIGIN, type request, requestAs } from './app'
import type { Person } from './people'

export const GENERATOR = '/apps/pose-generator'
/** Poses of the test library. */
export const POSES = ['carry-box-chest', 'stand-neutral', 'hands-pockets-relaxed', 'duo-handshake'] as const

export type Generation = {
  id: string
  status: string
  generationType: string
  totalExpectedPoses: number
  posesCompleted: number
  posesFailed: number
  posesCancelled: number
  creditHeld: number
  creditCharged: number
  creditRefunded: number
}
export type Started = {
  generation: Generation
  totalPosesExpected: number
  creditCharged: number
  estimatedCompletionTime: string
  links: { self: string; results: string; cancel: string; events: string }
}
export type Picture = {
  id: string
  variationKey: string
  poseId: string
  status: string
  outputImageUrl: string | null
  thumbnailUrl: string | null
  width: number
  height: number
  promptUsed: string
  seedUsed: number
  simulated: boolean
  backgroundChanged: boolean
  error: string | null
}
export type Page<T> = { items: T[]; page: { nextCursor: string | null; limit: number } }
export type Credits = { available: number; held: number }

export const newProject = (person: Person, fields: object = {}): Promise<{ id: string }> =>
  expectJson(requestAs(person, `${GENERATOR}/projects`, { json: { projectName: 'Kotak teh', ...fields } }), 201)

/** A body of `generate` that makes one small picture; `fields` change or add to it. */
export const oneSmallPicture = (projectId: string, fields: object = {}) => ({
  ...{
    projectId,
    generationType: 'GALLERY_REFERENCE',
    selectedPoseIds: [POSES[0]],
    batchSize: 1,
    width: 256,
    height: 256,
  },
  ...fields,
})

/** Bindings and variables of wrangler.toml with other values. */
type Vars = Record<string, unknown>

let keys = 0
export const newKey = (): string => `key-${++keys}`

export const generate = (person: Person, body: object, key: string = newKey()): Promise<Response> =>
  requestAs(person, `${GENERATOR}/generate`, { json: body, headers: { 'idempotency-key': key } })

/** Starts a shoot in a new project. */
export async function startShoot(person: Person, fields: object = {}): Promise<Started & { projectId: string }> {
  const project = await newProject(person)
  const started = await expectJson<Started>(generate(person, oneSmallPicture(project.id, fields)), 202)
  return { ...started, projectId: project.id }
}

export const showGeneration = async (person: Person, id: string): Promise<Generation> =>
  (await expectJson<{ generation: Generation }>(requestAs(person, `${GENERATOR}/generations/${id}`), 200)).generation

/** The generation once it has an end. */
export async function ended(person: Person, id: string): Promise<Generation> {
  const isEnded = async () => !/^(pending|processing)$/.test((await showGeneration(person, id)).status)
  await vi.waitUntil(isEnded, { timeout: 20_000, interval: 20 })
  return showGeneration(person, id)
}

export const resultsOf = (person: Person, id: string, query = ''): Promise<Page<Picture>> =>
  expectJson(requestAs(person, `${GENERATOR}/generations/${id}/results${query}`), 200)

export const creditsOf = async (person: Person): Promise<Credits> => {
  const { available, held } = await expectJson<Credits>(requestAs(person, '/credits'), 200)
  return { available, held }
}

/** From here on the platform's queue swallows what this person's object sends: pictures are made by `deliver` alone. */
export const holdQueue = (person: Person): Promise<void> =>
  runInDurableObject(userObject(env, person.user.id), (object) => {
    const sent = { sendBatch: async () => {}, send: async () => {} }
    Object.defineProperty(object, 'env', { value: { ...env, GENERATION_QUEUE: sent } })
  })

/** Hands the messages of these pictures to the consumer, in an environment with `vars`. */
export async function deliver(person: Person, jobId: string, positions: number[], vars: Vars = {}): Promise<void> {
  const messages = positions.map((position) => ({
    id: `${jobId}-${position}`,
    timestamp: new Date(),
    attempts: 1,
    body: { type: 'pose', userId: person.user.id, jobId, position, requestId: 'deliver-by-hand' },
  }))
  const execution = createExecutionContext()
  await consume(createMessageBatch('lumiku-generation', messages), { ...env, ...vars } as Env, execution)
  await waitOnExecutionContext(execution)
}

/** A provider that refuses every picture, for good and at the first attempt. */
export const REFUSING: Vars = { EMBEDDED_MODERATE: 'studio light' }

/** `request`, answered by the same app in an environment with `vars`. */
export async function requestIn(vars: Vars, path: string, sent: Parameters<typeof request>[1] = {}) {
  const headers = new Headers({ 'accept-language': 'en', ...sent.headers })
  if (sent.json !== undefined) headers.set('content-type', 'application/json')
  const body = sent.json === undefined ? sent.body : JSON.stringify(sent.json)
  const method = sent.method ?? (body === undefined ? 'GET' : 'POST')
  const execution = createExecutionContext()
  const asked = new Request(`${ORIGIN}/api/v1${path}`, { method, headers, ...(body !== undefined && { body }) })
  const answer = await createApp().fetch(asked, { ...env, ...vars } as Env, execution)
  await waitOnExecutionContext(execution)
  return answer
}
