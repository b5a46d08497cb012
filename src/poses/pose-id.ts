import { z } from '@hono/zod-openapi'

/** Id of a library pose: its slug in data/poses, e.g. `carry-box-chest`. */
const poseIdField = z
  .string()
  .max(80)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be the id of a pose, e.g. carry-box-chest')

/** Path parameters of a route about one pose of the library. */
export const PoseIdParam = z.object({
  id: poseIdField.openapi({ param: { name: 'id', in: 'path' }, example: 'carry-box-chest' }),
})
