import { z } from 'zod'
import { FORMAT_IDS } from './exports/types'

/** A hint that a task waits in the user's object. The row there is the truth: no state, picture or price travels here. */
export const PoseMessage = z.object({
  type: z.literal('pose'),
  userId: z.string(),
  jobId: z.string(),
  position: z.number().int().min(0),
  requestId: z.string(),
  /**
   * The attempt that this message continues. Whoever claimed the task since has sent a message of his own: of two that
   * came of one delivered twice, one goes on.
   */
  after: z.number().int().min(0).optional(),
})

/** Files that a picture is to have without being asked for. Lost, they are built when somebody asks. */
export const VariantsMessage = z.object({
  type: z.literal('variants'),
  userId: z.string(),
  imageId: z.string(),
  formats: z.array(z.enum(FORMAT_IDS)),
  requestId: z.string(),
})

/** Bytes may go: those of a generation, once its rows are gone, or what a deletion of an avatar names. */
export const ErasureMessage = z.object({
  type: z.literal('erasure'),
  userId: z.string(),
  jobId: z.string().optional(),
  deletionId: z.string().optional(),
  requestId: z.string(),
})

/** Somebody said something about this order: its gateway is to be asked. */
export const PaymentMessage = z.object({
  type: z.literal('payment'),
  paymentId: z.string(),
  requestId: z.string(),
})

/** What a pose request can become. */
export const ANNOUNCED_STATUSES = ['approved', 'in_progress', 'completed', 'rejected'] as const
export type AnnouncedStatus = (typeof ANNOUNCED_STATUSES)[number]

/** People wait to hear what became of a pose request: the requester, and voters from behind `after` on; null: from the start. */
export const RequestMessage = z.object({
  type: z.literal('request'),
  poseRequestId: z.string(),
  status: z.enum(ANNOUNCED_STATUSES),
  after: z.string().nullable(),
  /** Whether everybody up to `after` has heard it. */
  isWhole: z.boolean(),
  requestId: z.string(),
})

export const Message = z.discriminatedUnion('type', [
  PoseMessage,
  VariantsMessage,
  ErasureMessage,
  PaymentMessage,
  RequestMessage,
])

export type PoseMessage = z.infer<typeof PoseMessage>
export type VariantsMessage = z.infer<typeof VariantsMessage>
export type ErasureMessage = z.infer<typeof ErasureMessage>
export type PaymentMessage = z.infer<typeof PaymentMessage>
export type RequestMessage = z.infer<typeof RequestMessage>
export type Message = z.infer<typeof Message>
