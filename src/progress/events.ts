/** Contract, section Live. `seq` has no gaps within one user. */
export type EventType =
  | 'pose_generation_progress'
  | 'pose_generation_complete'
  | 'pose_generation_failed'
  | 'pose_generation_cancelled'
  | 'pose_generation_delayed'
  | 'credits_changed'
  | 'subscription_changed'

type Plain = string | number | boolean | null
export type EventImage = Record<string, Plain>
export type EventData = Record<string, Plain | EventImage>

export type LiveEvent = {
  seq: number
  v: 1
  type: EventType
  generationId?: string
  at: string
  data: EventData
}

/** WebSocket close codes of ours (RFC 6455 section 7.4.2 leaves 4000-4999 to applications). */
export const CLOSE = { revoked: 4401, tooSlow: 4408, flood: 4429, tooBig: 1009, notJson: 1003 } as const

export const LIVE_PROTOCOL = 'lumiku.v1'
export const TICKET_PREFIX = 'ticket.'
