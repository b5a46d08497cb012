import type { Ctx } from '../ctx'
import { choices } from '../providers/choose'
import type { ImageProvider } from '../providers/contract'
import { imageProviders } from '../providers/registry'
import { recentStanding } from '../providers/status'
import { type Estimate, estimate } from './estimate'
import { hasReference } from './has-reference'
import { judge, type Outlook } from './judge-providers'
import type { JobParams, JobView } from './types'

type Params = Pick<JobParams, 'avatarUploadId' | 'avatar' | 'looseControl' | 'widthPx' | 'heightPx'> & {
  /** Places without people. */
  plate?: boolean
}

/** Whether pictures of this kind would be made now, by what is known of the providers (5 s old at most). */
export async function outlookFor(ctx: Ctx, params: Params): Promise<Outlook> {
  const { widthPx: width, heightPx: height } = params
  const isReferenced = hasReference(params)
  const providers = imageProviders(ctx.config, ctx.env)
  const able = choices(providers, {
    ...{ hasReference: isReferenced, looseControl: params.looseControl ?? false },
    ...{ widthPx: width, heightPx: height, plate: params.plate ?? false },
  }).map(({ provider }) => provider)
  if (able.length === 0 && providers.length > 0) return { ...judge([], ctx.now()), ...sidesOf(providers, params) }
  const standing = able.some(({ limits }) => limits !== null) ? await recentStanding(ctx) : []
  return judge(
    able.map((provider) => ({
      limits: provider.limits,
      status: standing.find(({ id }) => id === provider.id)?.status ?? null,
      estimateMicroUsd: provider.estimateMicroUsd({ width, height, hasReference: isReferenced }),
    })),
    ctx.now(),
  )
}

/** The sides that somebody makes pictures of, when another size would help. */
function sidesOf(providers: readonly ImageProvider[], { widthPx, heightPx, looseControl, plate }: Params) {
  const willing = providers.filter(({ capabilities: { control, plates } }) =>
    plate ? plates : control !== 'none' || looseControl,
  )
  const [small, large] = [Math.min(widthPx, heightPx), Math.max(widthPx, heightPx)]
  const min = Math.min(...willing.map(({ capabilities }) => capabilities.minSidePx))
  const max = Math.max(...willing.map(({ capabilities }) => capabilities.maxSidePx))
  return willing.length > 0 && (small < min || large > max) ? { sidesPx: { min, max } } : {}
}

/**
 * How long a job will take from now, in whole seconds. `params` is asked only when a provider's figures matter: not for
 * what has ended, nor where only the embedded renderer draws.
 */
export async function estimateFor(
  ctx: Ctx,
  job: JobView,
  window: number,
  params: () => Promise<Params | null> | Params,
): Promise<Estimate> {
  const isMeasured = imageProviders(ctx.config, ctx.env).some(({ limits }) => limits !== null)
  const asked = isMeasured && job.endedAt === null ? await params() : null
  const outlook = asked && (await outlookFor(ctx, asked))
  if (outlook && (outlook.isDown || outlook.mustWait)) return null
  return estimate(job, outlook?.measured ?? null, window, ctx.now())
}
