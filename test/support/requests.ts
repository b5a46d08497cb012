import { expectJson, requestAs } from './app'
import type { Person } from './people'
import { GENERATOR, type Page } from './shoots'

export const REQUESTS = `${GENERATOR}/requests`
export const ADMIN_REQUESTS = '/admin/pose-requests'

export type PoseRequest = {
  id: string
  name: string
  description: string
  category: string | null
  useCase: string
  status: string
  votesCount: number
  hasVoted: boolean
  isMine: boolean
  adminNotes: string | null
  completedPoseId: string | null
  completedPoseUrl: string | null
  creditName: string | null
  referenceImageUrl: string | null
  createdAt: string
  updatedAt: string
}

let names = 0
/** Nobody else asks for a pose of this name. */
export const newName = (): string => `Membawa nampan ${++names} ${crypto.randomUUID().slice(0, 8)}`

/** A body of `POST /requests`; `fields` change or add to it. */
export const wish = (fields: object = {}) => ({
  ...{ name: newName(), description: 'A waiter holds a tray at shoulder height', useCase: 'social' },
  ...fields,
})

export const ask = (person: Person, fields: object = {}): Promise<Response> =>
  requestAs(person, REQUESTS, { json: wish(fields) })

/** A request that must be accepted. */
export const asked = async (person: Person, fields: object = {}): Promise<PoseRequest> =>
  (await expectJson<{ request: PoseRequest }>(ask(person, fields), 201)).request

export const showRequest = (person: Person, id: string): Promise<PoseRequest> =>
  expectJson(requestAs(person, `${REQUESTS}/${id}`), 200)

export const vote = (person: Person, id: string, method: 'POST' | 'DELETE' = 'POST'): Promise<Response> =>
  requestAs(person, `${REQUESTS}/${id}/vote`, { method })

export const decide = (admin: Person, id: string, json: object): Promise<Response> =>
  requestAs(admin, `${ADMIN_REQUESTS}/${id}`, { method: 'PATCH', json })

/** Moves a request through these statuses, each of which must be allowed. */
export async function moveTo(admin: Person, id: string, ...statuses: string[]): Promise<void> {
  for (const status of statuses) await expectJson(decide(admin, id, { status }), 200)
}

/** All items of a list, page by page; `between` happens before each page but the first. */
export async function everyPage<T>(
  person: Person,
  path: string,
  between: () => Promise<unknown> = async () => {},
): Promise<T[]> {
  const items: T[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    if (items.length > 0) await between()
    const answer = requestAs(person, cursor === '' ? path : `${path}&cursor=${cursor}`)
    const { items: found, page }: Page<T> = await expectJson<Page<T>>(answer, 200)
    items.push(...found)
    cursor = page.nextCursor
  }
  return items
}
