import { monotonicFactory } from 'ulid'

// Monotonic within an isolate: two ids of one millisecond sort as they were made.
const nextUlid = monotonicFactory()

/** Prefixes of public ids. An id is `<prefix>_<ULID>`, sortable by creation. It is a name, not a secret. */
export const ID_PREFIXES = {
  user: 'usr',
  session: 'ses',
  project: 'prj',
  generation: 'gen',
  image: 'img',
  upload: 'upl',
  payment: 'pay',
  avatar: 'avt',
  deadLetter: 'dlq',
  request: 'req',
  quote: 'quo',
  notice: 'ntc',
  adjustment: 'adj',
  audit: 'aud',
  violation: 'vio',
  background: 'bgv',
  backgroundJob: 'bgj',
  variant: 'exv',
  export: 'exp',
  collection: 'col',
  avatarProject: 'avp',
  avatarGeneration: 'avg',
  avatarConsent: 'avc',
  avatarReport: 'rpt',
  avatarDeletion: 'avd',
} as const

export type IdKind = keyof typeof ID_PREFIXES

/** A new id, e.g. `newId('generation')` -> `gen_01JD...`. Chosen before the write that uses it starts. */
export const newId = (kind: IdKind): string => `${ID_PREFIXES[kind]}_${nextUlid()}`

/** A new id of a pose, in the form that all poses have: `pose-01jd...`. */
export const newPoseId = (): string => `pose-${nextUlid().toLowerCase()}`

/** Matches ids of one kind; ULIDs use Crockford's base 32 (no I, L, O, U). */
export const idPattern = (kind: IdKind): RegExp => new RegExp(`^${ID_PREFIXES[kind]}_[0-9A-HJKMNP-TV-Z]{26}$`)
