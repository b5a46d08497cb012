import { assert } from './assert'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS

/** Largest JSON body of any route. A generate request with 200 pose ids is about 10 KB. */
export const MAX_JSON_BYTES = 256 * 1024
/** A file of 200 poses for the library: 4 KB each. */
export const MAX_IMPORT_BYTES = 1024 * 1024
/** Largest upload, counted while it streams in. */
export const MAX_UPLOAD_BYTES = 10 * 1024 * 1024

/** Pictures of one generation, and poses chosen for it. */
export const MAX_PICTURES_PER_GENERATION = 500
export const MAX_POSES_PER_GENERATION = 200
export const MAX_BATCH_SIZE = 10
export const MAX_TEXT_VARIATIONS = 20
/** Avatars to choose from of one start. */
export const MAX_AVATARS_PER_GENERATION = 4
/** Formats of one export, or to be built with a shoot. */
export const MAX_FORMATS = 10
/** Pictures of one export or one change of backgrounds. */
export const MAX_PICTURES_PER_EXPORT = 500

/** One attempt of a provider must end within this; what is late is lost (embedded: see providers). */
export const PROVIDER_DEADLINE_MS = 180 * SECOND_MS
/** Added to the provider's own deadline to give the lease: upload, thumbnail, D1 row and finish. */
export const LEASE_MARGIN_MS = 15 * SECOND_MS
/** A task that failed this often, or whose consumer died, has a cause that another try will not mend. */
export const MAX_TASK_TRIES = 10
/**
 * A seller with so few pictures left has this many times his plan's share of a provider's slots: who needs four pictures
 * does not wait for two rounds of somebody's five hundred, and the five hundred lose next to nothing.
 */
export const SMALL_SHOOT_PICTURES = 8
export const SMALL_SHOOT_SHARE = 4
/** Largest state of a run that is kept with a task: a handle is at most 8 KB. */
export const MAX_RUN_CHARACTERS = 16 * 1024
/** Tries of one queue message by our own count; below max_retries in wrangler.toml so that `park` gets its turn. */
export const MAX_MESSAGE_TRIES = 8
/** A message nobody claimed for this long is taken for lost and sent again; doubles with every sending. */
export const REDRIVE_AFTER_MS = 20 * SECOND_MS
export const REDRIVE_MAX_MS = 10 * MINUTE_MS
/** A job still open after this is given up: its open tasks fail and what its hold has left is released. */
export const JOB_GIVE_UP_MS = 12 * HOUR_MS

/** Events kept for resume, per user: this many or this long, whichever is more. */
export const EVENTS_KEPT = 2_000
export const EVENTS_KEPT_MS = 24 * HOUR_MS
/** Idempotency keys answer replays for this long. */
export const IDEMPOTENCY_KEPT_MS = 7 * 24 * HOUR_MS
/** Queues take 100 messages or 256 KB per sendBatch. */
export const MAX_SEND_BATCH = 100

export const TICKET_LIFETIME_MS = 30 * SECOND_MS
export const MAX_SOCKETS_PER_USER = 10
export const MAX_SOCKET_MESSAGE_BYTES = 16 * 1024
export const MAX_SOCKET_BUFFER_BYTES = 1024 * 1024
export const MAX_SOCKET_MESSAGES_PER_SECOND = 20

export const SIGNED_URL_LIFETIME_MS = 15 * MINUTE_MS

/** A quote binds us this long. */
export const QUOTE_LIFETIME_MS = 15 * MINUTE_MS
/** Quotes of one user that may bind us at the same time. */
export const MAX_BINDING_QUOTES = 500
/** Quotes of one user that are still known when they have expired; the oldest give way. */
export const QUOTES_KEPT = 100
/** A paid plan goes on this long after its period ended unpaid. */
export const PLAN_GRACE_MS = 3 * 24 * HOUR_MS
/** One check of an order at its gateway takes at most this long; the gateway's own answer is awaited for less. */
export const PAYMENT_CHECK_LEASE_MS = 20 * SECOND_MS

assert(
  JOB_GIVE_UP_MS > (PROVIDER_DEADLINE_MS + LEASE_MARGIN_MS) * MAX_TASK_TRIES,
  'a job lives long enough for every try of a task',
)
