import type { Ctx } from '../../ctx'
import { hmacSha256 } from '../../kernel/hmac'
import { WRITING_VERSION, WrittenPose } from './written-pose'

/**
 * What a model wrote for a text, kept in R2 under a keyed hash of both: the picture then has the pose of the preview and
 * of the quote, and a repeated request asks nobody. No words of the seller are kept, only those of the vocabulary.
 */
export async function keptWriting(ctx: Ctx, text: string): Promise<WrittenPose | null> {
  const kept = await ctx.env.MEDIA.get(await keyOf(ctx, text))
  const read = kept && WrittenPose.safeParse(await kept.json())
  return read?.success ? read.data : null
}

/** Keeps it; the first of two at once wins, and is the answer. */
export async function keepWriting(ctx: Ctx, text: string, pose: WrittenPose): Promise<WrittenPose> {
  const put = await ctx.env.MEDIA.put(await keyOf(ctx, text), JSON.stringify(pose), {
    httpMetadata: { contentType: 'application/json' },
    onlyIf: { etagDoesNotMatch: '*' },
  })
  return put ? pose : ((await keptWriting(ctx, text)) ?? pose)
}

const keyOf = async ({ config }: Ctx, text: string): Promise<string> =>
  `written-poses/${await hmacSha256(config.MEDIA_SIGNING_SECRET, `pose\n${WRITING_VERSION}\n${config.POSE_WRITER_MODEL}\n${text}`)}.json`
