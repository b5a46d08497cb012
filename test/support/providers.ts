import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { expect } from 'vitest'
import { type Config, configOf } from '../../src/config'
import { poseGeometry } from '../../src/db/tables/poses'
import { toHex } from '../../src/kernel/hash'
import {
  type GenImage,
  type GenSpec,
  type ImageProvider,
  type Pixels,
  type PosedSpec,
  type ProviderCall,
  ProviderError,
} from '../../src/providers/contract'
import type { ProviderErrorCode } from '../../src/providers/errors'
import { controlMapPng } from '../../src/render/control-map'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { decodeWith } from '../../src/uploads/codecs'
import { sniffType } from '../../src/uploads/sniff'
import { type FakePicture, readFake } from '../providers/servers/read-fake.mjs'
import { expectJson } from './app'
import { db } from './rows'

declare global {
  namespace Cloudflare {
    interface Env {
      /** A server that nobody may call. */
      TEST_CANARY_URL: string
    }
  }
}

const POSE_ID = 'carry-box-chest'
const kernel = createImageKernel(modules.image)

/** The test's settings with these variables changed. */
export const configWith = (vars: Record<string, string> = {}): Config => configOf({ ...env, ...vars } as unknown as Env)

/** A picture of a pose of the library, 256 x 320, without avatar or background unless changed. */
export async function specOf(changes: Partial<PosedSpec> = {}): Promise<PosedSpec> {
  const [pose] = await db.select().from(poseGeometry).where(eq(poseGeometry.poseId, POSE_ID))
  if (!pose) throw new Error(`no pose ${POSE_ID}`)
  return {
    jobId: 'gen_test:box-v0',
    prompt: 'A seller carries a box, “studio light”',
    subject: { key: 'prj_test', words: '' },
    seed: 4_000_000_007,
    width: 256,
    height: 320,
    control: { kind: 'openpose', pose: { ...pose.geometry, props: [], words: '' } },
    reference: null,
    background: { kind: 'studio' },
    ...changes,
  }
}

/** A picture of an avatar: every pixel another colour, so that nothing can be mistaken. */
export function avatar(width = 60, height = 80): Pixels {
  const rgba = new Uint8Array(width * height * 4)
  for (let at = 0; at < rgba.length; at += 4) rgba.set([(at >> 2) & 255, (at >> 7) & 255, 90, 255], at)
  return { rgba, width, height }
}

/** What an adapter is called with; `seen` collects what it asked the network for. */
export function providerCall({
  signal = AbortSignal.timeout(20_000),
  now = Date.now,
} = {}): ProviderCall & { seen: Request[] } {
  const seen: Request[] = []
  const spied: typeof fetch = async (input, init) => {
    seen.push(new Request(input, { ...init, body: null }))
    return fetch(input, init)
  }
  return { fetch: spied, signal, now, requestId: 'req_test', seen }
}

/** What a submission sends as JSON. */
export async function bodySent(provider: ImageProvider, spec: GenSpec): Promise<Record<string, unknown>> {
  const bodies: string[] = []
  const call = providerCall()
  const spied: typeof fetch = (input, init) => {
    if (typeof init?.body === 'string') bodies.push(init.body)
    return call.fetch(input, init)
  }
  await provider.submit(spec, { ...call, fetch: spied })
  expect(bodies).toHaveLength(1)
  return JSON.parse(bodies[0]!) as Record<string, unknown>
}

/** The bytes of a data URL. */
export const bytesOf = (dataUrl: unknown): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(String(dataUrl).split('base64,')[1] ?? ''), (letter) => letter.charCodeAt(0))

/** Submits and polls until the picture is there. Nothing waits: the fake providers are done at once unless told otherwise. */
export async function pictureBy(provider: ImageProvider, spec: GenSpec, call = providerCall()): Promise<GenImage> {
  let step = await provider.submit(spec, call)
  for (let polls = 0; step.kind === 'pending' && polls < 10; polls++) step = await provider.poll!(step.handle, call)
  if (step.kind === 'pending') throw new Error('still no picture after ten polls')
  return step.image
}

/** The handle of a job that has begun. */
export async function begun(provider: ImageProvider, spec: GenSpec, call = providerCall()): Promise<string> {
  const step = await provider.submit(spec, call)
  if (step.kind === 'done') throw new Error('done at once')
  return step.handle
}

/** The error that work ends with; the test fails when it is not one of a provider, or tells a secret or the prompt. */
export async function errorOf(work: Promise<unknown>, secrets: string[] = []): Promise<ProviderError> {
  const error = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ProviderError)) throw error
  const told = [error.message, error.safeDetail, error.stack, JSON.stringify(error)].join('\n')
  for (const secret of [...secrets, 'A seller carries', 'base64,']) expect(told).not.toContain(secret)
  return error
}

export const codeOf = async (work: Promise<unknown>, secrets: string[] = []): Promise<ProviderErrorCode> =>
  (await errorOf(work, secrets)).code

/** Straight RGBA of PNG, JPEG or WebP. */
export async function decoded({ bytes }: { bytes: Uint8Array }): Promise<Pixels> {
  const type = sniffType(bytes)
  if (type === null || type === 'png') return kernel.decodePng(bytes)
  return decodeWith({ jpeg: modules.jpegDecoder, webp: modules.webpDecoder }, type, bytes)
}

/** What the fake provider wrote into the picture's pixels. */
export const saidIn = async (image: { bytes: Uint8Array }): Promise<FakePicture> => readFake(await decoded(image))

const hashBytes = async (bytes: Uint8Array | Uint8ClampedArray): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)))

/** SHA-256 in hex of the pixels of a spec's control map, at its own size or with this longer side at most. */
export async function controlPixelsSha256(
  { control, width, height }: PosedSpec,
  maxSidePx = Infinity,
): Promise<string> {
  const scale = Math.min(1, maxSidePx / Math.max(width, height))
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)]
  const { rgba } = kernel.decodePng(controlMapPng(kernel, control.pose.people, w, h))
  return toHex(await hashBytes(rgba))
}

/** What readFake says of these references: SHA-256 of their pixels' SHA-256 digests, one after the other. */
export async function referencesSha256(...references: Pixels[]): Promise<string> {
  const digests = await Promise.all(references.map(({ rgba }) => hashBytes(rgba)))
  return toHex(await hashBytes(Uint8Array.from(digests.flatMap((digest) => [...digest]))))
}

export type Stats = Record<
  'calls' | 'submissions' | 'polls' | 'cancels' | 'downloads' | 'downloadsWithKey' | 'delivered',
  number
> & {
  inFlight: number
  maxInFlight: number
  byFault: Record<string, number>
  jobs: { id: string; state: string; fault: string | null; polls: number; delivered: boolean }[]
}

/** A fake provider's control API (test/providers/servers/faults.mjs). */
export function controlOf(url: string) {
  const post = (noun: string, json: object = {}): Promise<unknown> =>
    expectJson(fetch(`${url}/_control/${noun}`, { method: 'POST', body: JSON.stringify(json) }), 200)
  return {
    reset: () => post('reset'),
    /** The next submission (or call of `path`) meets this fault. */
    breakNext: (next: string, more: { count?: number; path?: string; url?: string } = {}) =>
      post('faults', { next, ...more }),
    mix: (rates: Record<string, number>, seed = 1) => post('mix', { seed, rates }),
    dead: (dead: boolean) => post('dead', { dead }),
    /** How long a job takes. */
    latency: (ms: number) => post('latency', { ms }),
    stats: (): Promise<Stats> => expectJson<Stats>(fetch(`${url}/_control/stats`), 200),
  }
}
