import type { Fund } from '../credits/types'

export type GenerationType = 'GALLERY_REFERENCE' | 'TEXT_DESCRIPTION'
export type BackgroundMode = 'ai_generate' | 'solid_color' | 'upload'
export type JobStatus = 'pending' | 'processing' | 'completed' | 'partial' | 'failed' | 'cancelled'

export type PictureSize = { widthPx: number; heightPx: number }

/** What all pictures of a job share. Fixed at start. */
export type JobParams = PictureSize & {
  avatarUploadId: string | null
  /** Who is in the pictures, and what the seller said of them; see GenSpec.subject. */
  subject: { key: string; words: string }
  background: { mode: BackgroundMode; prompt?: string; color?: string; uploadId?: string } | null
  outputFormats: string[]
  retryOf?: string
}

/** One picture to make. `imageId` is chosen here, before any work, so that doing it twice makes one row. */
export type TaskPlan = {
  variationKey: string
  imageId: string
  /** Shown while it is being made. */
  name: string
  poseId: string | null
  prompt: string
  seed: number
}

export type JobView = {
  id: string
  app: string
  projectId: string
  type: GenerationType
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
  /** Tasks of the user's earlier jobs that are still open. */
  queuePosition: number
  currentPose: string | null
  remainingMs: number | null
}
