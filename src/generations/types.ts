import type { Fund } from '../credits/types'
import type { AvatarAttributes, Persona } from '../db/tables/avatar-attributes'
import type { AVATAR_WAYS, FaceBox } from '../db/tables/avatars'
import type { BackgroundWish } from '../db/tables/pictures'
import type { PoseGeometry } from '../db/tables/poses'
import type { FormatId, VariantOptions } from '../exports/types'

export type GenerationType = 'GALLERY_REFERENCE' | 'TEXT_DESCRIPTION'
export type BackgroundMode = 'ai_generate' | 'solid_color' | 'upload' | 'transparent'
export type AvatarWay = (typeof AVATAR_WAYS)[number]
export type JobType = GenerationType | 'BACKGROUND' | 'EXPORT' | AvatarWay
export type JobStatus = 'pending' | 'processing' | 'completed' | 'partial' | 'failed' | 'cancelled'

export type PictureSize = { widthPx: number; heightPx: number }

/**
 * An avatar as a job that uses it knows it: as it was at the start. Its picture is looked up when it is needed, and when it
 * is gone by then the job's pictures fail.
 */
export type AvatarRef = {
  id: string
  attributes: AvatarAttributes
  persona: Persona
  /** What was said of the person when the avatar was made. */
  words: string
  /** Draws the same person again; uint32. */
  lookSeed: number
}

/** What all pictures of a job share. Fixed at start. */
export type JobParams = PictureSize & {
  avatarUploadId: string | null
  /** The face in that upload is looked for; else it is taken to be where faces usually are. */
  findFace?: true
  /** The avatar whose pictures these are. */
  avatar?: AvatarRef
  /** Who is in the pictures, and what the seller said of them; see GenSpec.subject. */
  subject: Subject
  background: { mode: BackgroundMode; prompt?: string; color?: string; uploadId?: string } | null
  outputFormats: FormatId[]
  /** Poses that words described; a task names its own by its place in this list. */
  drafts?: DraftPose[]
  /** The seller said that the pose may be told in words alone where no provider takes it otherwise. */
  looseControl?: boolean
  retryOf?: string
}

/**
 * Who is in a picture: the same key, words, attributes and seed mean the same person, whatever the pose. `seed` (uint32)
 * stands for the key where it is given.
 */
export type Subject = {
  key: string
  /** What the seller said of this picture. */
  words: string
  /** What was said of the person. */
  person?: string
  attributes?: AvatarAttributes
  seed?: number
}

/** What a photograph or a model's picture becomes; the fields of the avatar's row. */
export type AvatarParams = {
  way: AvatarWay
  name: string
  persona: Persona
  attributes: AvatarAttributes
  words: string
  lookSeed: number
  /** The photograph that it is made from. */
  uploadId: string | null
  presetId: string | null
  /** Where the seller said the face is, in 0..1 of the photograph. */
  face: FaceBox | null
  consent: AvatarConsent | null
  /** The avatar that it is a variation of. */
  avatar?: AvatarRef
  /** What a provider makes; null for a photograph that is kept as it is. */
  picture: JobParams | null
}

/** What the owner declared of the face in a photograph; see src/likeness/policy.ts. */
export type AvatarConsent = { kind: 'self' | 'permission'; policyVersion: string; statementSha256: string }

/** A background for pictures that are there; each task names one. */
export type BackgroundParams = { wish: BackgroundWish }

/** Files of pictures that are there; each task names one picture. */
export type ExportParams = {
  /** What the ZIP is called. */
  name: string
  formats: FormatId[]
  options: VariantOptions
  /** The background that each picture had when the export was asked for, by picture; one that is not named had its own. */
  versions: Record<string, string>
}

/**
 * The apps that run on the engine, with what all tasks of a job of theirs share. Whatever the app, `avatar` in its params
 * is the avatar that the job uses: its use is written down once (avatar_usages).
 */
export type JobWork =
  | { app: 'pose-generator'; params: JobParams }
  | { app: 'backgrounds'; params: BackgroundParams }
  | { app: 'exports'; params: ExportParams }
  | { app: 'avatar-creator'; params: AvatarParams }
export type AppId = JobWork['app']

/** A pose that is not in the library, kept with the job that uses it. */
export type DraftPose = {
  geometry: PoseGeometry
  props: string[]
  /** What the renderer may guess from: the words of the pose. */
  words: string
  /** Shown while its picture is made. */
  name: { en: string; id: string }
  /** English, for the image model. */
  promptHint: string
}

/** One picture to make. `imageId` is chosen here, before any work, so that doing it twice makes one row. */
export type TaskPlan = {
  variationKey: string
  imageId: string
  /** Shown while it is being made. */
  name: string
  poseId: string | null
  /** Place in the job's drafts, for a pose that is not in the library. */
  draft: number | null
  prompt: string
  seed: number
}

export type JobView = {
  id: string
  app: AppId
  projectId: string
  type: JobType
  textPrompt: string | null
  status: JobStatus
  fund: Fund
  total: number
  completed: number
  failed: number
  cancelled: number
  creditsHeld: number
  creditsCharged: number
  creditsReleased: number
  createdAt: number
  startedAt: number | null
  endedAt: number | null
  /** Tasks of the user's earlier jobs of the app that are still open. */
  queuePosition: number
  currentPose: string | null
  remainingMs: number | null
  /** It waits for providers that are down; nothing is charged for waiting. */
  isDelayed: boolean
}
