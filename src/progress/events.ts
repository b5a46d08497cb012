import type { AppId } from '../generations/types'

/** Contract, section Live, with what each tells a client. `seq` has no gaps within one user. */
export const EVENT_TYPES = {
  pose_generation_progress: 'a picture has its end; `data.image` is that picture',
  pose_generation_complete: 'all pictures have their end, and at least one was made',
  pose_generation_failed: 'all pictures have their end, and none was made',
  pose_generation_cancelled: 'what was cancelled has its end; pictures that were made by then stay',
  pose_generation_delayed:
    'an image service is down, and pictures wait for it with `data.isDelayed`; nothing is charged for waiting',
  background_progress: 'a picture has its new background, or does not get it; `data.image` is that picture',
  background_complete: 'all pictures have their end, and at least one has its new background',
  background_failed: 'all pictures have their end, and none has a new background',
  background_cancelled: 'what was cancelled has its end; backgrounds that were made by then stay',
  export_progress: 'the files of a picture are there, or could not be made; `data.image` is that picture',
  export_ready: 'the ZIP can be downloaded; what could not be made is named in its manifest',
  export_failed: 'none of the files could be made',
  export_cancelled: 'it was called off; there is no ZIP',
  avatar_progress: 'an avatar is there, or could not be made; `data.image` is that avatar',
  avatar_complete: 'all avatars that were asked for have their end, and at least one is there',
  avatar_failed: 'all avatars that were asked for have their end, and none is there',
  avatar_cancelled: 'what was cancelled has its end; avatars that were made by then stay',
  avatar_delayed: 'an image service is down, and avatars wait for it; nothing is charged for waiting',
  avatar_removed: 'an avatar was taken down after a report; `data.avatarId`',
  credits_changed: '`data.available` and `data.held` are the credits from now on',
  subscription_changed: 'a plan began, changed or ended',
  pose_request_changed:
    'a pose request of yours got another status, or one that you voted for has its end; `data.poseId` is the new pose',
} as const

export type EventType = keyof typeof EVENT_TYPES

/** What the jobs of an app say while they go, when they wait for an image service, and at their end. */
type JobEvents = Record<'progress' | 'complete' | 'failed' | 'cancelled', EventType> & { delayed?: EventType }

export const JOB_EVENTS: Record<AppId, JobEvents> = {
  'pose-generator': {
    progress: 'pose_generation_progress',
    delayed: 'pose_generation_delayed',
    complete: 'pose_generation_complete',
    failed: 'pose_generation_failed',
    cancelled: 'pose_generation_cancelled',
  },
  backgrounds: {
    progress: 'background_progress',
    complete: 'background_complete',
    failed: 'background_failed',
    cancelled: 'background_cancelled',
  },
  exports: {
    progress: 'export_progress',
    complete: 'export_ready',
    failed: 'export_failed',
    cancelled: 'export_cancelled',
  },
  'avatar-creator': {
    progress: 'avatar_progress',
    delayed: 'avatar_delayed',
    complete: 'avatar_complete',
    failed: 'avatar_failed',
    cancelled: 'avatar_cancelled',
  },
}

type Plain = string | number | boolean | null
export type EventImage = Record<string, Plain>
export type EventData = Record<string, Plain | EventImage>

export type LiveEvent = {
  seq: number
  v: 1
  type: EventType
  generationId?: string
  /** Of a job that is no shoot: a background change (`bgj_`), an export (`exp_`), an avatar (`avg_`). */
  jobId?: string
  at: string
  data: EventData
}

/** WebSocket close codes of ours (RFC 6455 section 7.4.2 leaves 4000-4999 to applications). */
export const CLOSE = { revoked: 4401, tooSlow: 4408, flood: 4429, tooBig: 1009, notJson: 1003 } as const

export const LIVE_PROTOCOL = 'lumiku.v1'
export const TICKET_PREFIX = 'ticket.'
