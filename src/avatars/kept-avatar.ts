import type { Ctx } from '../ctx'
import type { FaceBox, Palette } from '../db/tables/avatars'
import type { Recipe } from '../db/tables/recipe'
import { toAsciiJson } from '../kernel/ascii-json'
import { avatarPictureKey, avatarThumbnailKey } from './object-keys'

/** What is known of an avatar once its bytes are in R2; kept with them, so that a crash after the put loses nothing. */
export type KeptAvatar = {
  widthPx: number
  heightPx: number
  sizeBytes: number
  face: FaceBox | null
  palette: Palette
  /** Null: a photograph. */
  made: {
    provider: string
    model: string
    simulated: boolean
    seed: number
    prompt: string
    generationMs: number
    costMicroUsd: number
    /** Null when it was too long to be kept with the bytes. */
    recipe: Recipe | null
  } | null
}

/** R2 takes 8 KB of custom metadata with an object. */
const MAX_METADATA_CHARACTERS = 7_000

type Files = { picture: Uint8Array<ArrayBuffer>; contentType: string; thumbnail: Uint8Array<ArrayBuffer> }

/** The thumbnail first: where the picture is, all of it is. */
export async function keepAvatar(
  { env }: Pick<Ctx, 'env'>,
  { userId, avatarId }: { userId: string; avatarId: string },
  { picture, contentType, thumbnail }: Files,
  kept: KeptAvatar,
): Promise<void> {
  await env.MEDIA.put(avatarThumbnailKey(userId, avatarId), thumbnail, { httpMetadata: { contentType: 'image/jpeg' } })
  await env.MEDIA.put(avatarPictureKey(userId, avatarId), picture, {
    httpMetadata: { contentType },
    customMetadata: { kept: metadataOf(kept) },
  })
}

/** What an earlier try has put: nobody is asked, or paid, for it again. */
export async function findKeptAvatar(
  { env }: Pick<Ctx, 'env'>,
  { userId, avatarId }: { userId: string; avatarId: string },
): Promise<KeptAvatar | null> {
  const kept = (await env.MEDIA.head(avatarPictureKey(userId, avatarId)))?.customMetadata?.kept
  return kept === undefined ? null : (JSON.parse(kept) as KeptAvatar)
}

function metadataOf(kept: KeptAvatar): string {
  const whole = toAsciiJson(kept)
  if (whole.length <= MAX_METADATA_CHARACTERS || !kept.made) return whole
  return toAsciiJson({ ...kept, made: { ...kept.made, recipe: null } })
}
