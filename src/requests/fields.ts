import { z } from '@hono/zod-openapi'
import { REQUEST_STATUSES, USE_CASES } from '../db/tables/requests'
import { freeText, idField } from '../http/fields'

/** A slug: of a category or of a pose of the library. */
const slug = (what: string) =>
  z
    .string()
    .max(80)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, `must be the id of a ${what}`)

/** Body of POST /requests. `creditName` is whom the finished pose thanks; left out, it thanks nobody. */
export const NewRequest = z.strictObject({
  name: freeText(3, 100),
  description: freeText(10, 1000),
  category: slug('category').optional(),
  useCase: z.enum(USE_CASES),
  referenceImageId: idField('upload').optional(),
  creditName: freeText(1, 60).optional(),
})

/** Body of PATCH /requests/{id}: what is left out stays, null takes it away. */
export const ChangedRequest = z.strictObject({
  name: freeText(3, 100).optional(),
  description: freeText(10, 1000).optional(),
  category: slug('category').nullable().optional(),
  useCase: z.enum(USE_CASES).optional(),
  referenceImageId: idField('upload').nullable().optional(),
  creditName: freeText(1, 60)
    .nullable()
    .optional()
    .openapi({ type: ['string', 'null'], minLength: 1, maxLength: 60 }),
})

/** Body of an admin's PATCH. Everybody reads the notes. */
export const Decision = z.strictObject({
  status: z.enum(REQUEST_STATUSES).optional(),
  adminNotes: freeText(0, 1000).optional().openapi({ description: 'Everybody reads them; empty takes them away' }),
  updatedAt: z.iso.datetime().optional().openapi({
    description:
      'Of the request as it was read: what the requester changed in between is a 409. Needed to approve one with a reference picture.',
  }),
  completedPoseId: slug('pose').optional().openapi({
    description: 'A public pose of the library; needed for `completed`, and for nothing else',
  }),
})

/** Names that differ in spaces alone are one name. */
export const oneSpaced = (name: string): string => name.replace(/\s+/g, ' ')
