import { vi } from 'vitest'
import { portraitPose } from '../../src/avatars/portrait-pose'
import { drawMannequin } from '../../src/providers/draw-mannequin'
import { modules } from '../../src/render/modules'
import { expectJson, requestAs } from './app'
import { AVATARS, type Avatar } from './avatars'
import type { Person } from './people'
import { newKey } from './shoots'
import { kernel } from './uploads'

export type AvatarGeneration = {
  id: string
  projectId: string
  sourceType: string
  status: string
  avatarsTotal: number
  avatarsCompleted: number
  avatarsFailed: number
  avatarsCancelled: number
  creditHeld: number
  creditCharged: number
  creditRefunded: number
}
export type StartedAvatars = {
  generation: AvatarGeneration
  avatarIds: string[]
  creditCharged: number
  links: { self: string; cancel: string; events: string }
}
type Task = { id: string; name: string; status: string; error: string | null; avatar: Avatar | null }
export type ShownAvatars = { generation: AvatarGeneration; avatars: Task[] }

/** What comes with a photo of a face. */
export const CONSENT = { kind: 'self', policyVersion: '2026-11', isAdult: true, accepted: true }

/** A photo of somebody in a red shirt, with brown skin, before a grey wall: PNG, 480 x 640. */
export function photoOf(words = 'wanita, kemeja merah, rambut hitam panjang', seed = 7): Uint8Array<ArrayBuffer> {
  const [width, height] = [480, 640]
  const { pixels } = drawMannequin(modules.mannequin, {
    ...{ jobId: 'photo', prompt: '', seed, width, height, reference: null },
    subject: { key: 'photo', words, seed },
    control: { kind: 'openpose', pose: { ...portraitPose().geometry, props: [], words: '' } },
    background: { kind: 'color', color: '#B8BCC0' },
  })
  return kernel.encodePng(pixels.rgba as Uint8Array, width, height)
}

export function photoForm(photo: Uint8Array<ArrayBuffer>, fields: Record<string, unknown> = {}): FormData {
  const form = new FormData()
  form.set('file', new File([photo], 'foto.png', { type: 'image/png' }))
  for (const [name, value] of Object.entries({ consent: CONSENT, ...fields }))
    form.set(name, typeof value === 'string' ? value : JSON.stringify(value))
  return form
}

export async function uploadAvatar(
  person: Person,
  projectId: string,
  form: FormData,
  key: string = newKey(),
): Promise<Response> {
  const encoded = new Response(form)
  const headers = { 'content-type': encoded.headers.get('content-type')!, 'idempotency-key': key }
  return requestAs(person, `${AVATARS}/projects/${projectId}/avatars/upload`, {
    ...{ headers, method: 'POST' },
    body: new Uint8Array(await encoded.arrayBuffer()),
  })
}

/** Starts avatars the way that the end of the path names. */
export const startAvatars = (person: Person, path: string, json: object, key: string = newKey()): Promise<Response> =>
  requestAs(person, `${AVATARS}/${path}`, { json, headers: { 'idempotency-key': key } })

export const showAvatars = (person: Person, id: string): Promise<ShownAvatars> =>
  expectJson(requestAs(person, `${AVATARS}/generations/${id}`), 200)

/** The generation of avatars once it has an end. */
export async function endedAvatars(person: Person, id: string): Promise<ShownAvatars> {
  const isEnded = async () => !/^(pending|processing)$/.test((await showAvatars(person, id)).generation.status)
  await vi.waitUntil(isEnded, { timeout: 20_000, interval: 20 })
  return showAvatars(person, id)
}

/** The avatars of a start that went well, when they are there. */
export async function madeAvatars(person: Person, answer: Promise<Response>): Promise<Avatar[]> {
  const { generation } = await expectJson<StartedAvatars>(answer, 202)
  const { avatars } = await endedAvatars(person, generation.id)
  return avatars.map(({ avatar, error }) => {
    if (!avatar) throw new Error(`not made: ${error}`)
    return avatar
  })
}
