import { eq } from 'drizzle-orm'
import type { Ctx } from '../ctx'
import { exportVariants } from '../db/tables/pictures'
import type { PictureRow } from '../generations/find-pictures'
import { buildMissing } from './variants-build'
import { dropOldest, findVariants, type StoredVariant, type VariantAsk } from './variants-rows'
import { oneAtATime } from './one-at-a-time'
import type { Failure } from './render-variants'
import type { FormatId, VariantOptions } from './types'

export { findVariants, type StoredVariant, type VariantAsk } from './variants-rows'

export type Ensured = {
  /** By format; every one is in R2 now. */
  variants: Map<FormatId, StoredVariant>
  /** Formats that cannot be made of this picture. */
  failures: Pick<Failure, 'format' | 'code'>[]
  /** Which of `variants` were not there before. */
  built: FormatId[]
}
