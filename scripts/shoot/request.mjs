// What is asked of the API: the project with its avatar, and the body of POST /generate.
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from './args.mjs'

const maxAvatarBytes = 10 * 1024 * 1024

/**
 * The body of `POST /generate` for a plan and the command line; makes the project and uploads the avatar first.
 * Throws UsageError when the avatar is no picture that the API takes.
 */
export async function requestFor(api, plan, args) {
  const avatar = args.avatar === undefined ? undefined : await uploadAvatar(api, resolve(args.here, args.avatar))
  const project = await api.post('/apps/pose-generator/projects', {
    projectName: `Shoot ${new Date().toISOString().slice(0, 16).replace('T', ' ')}`,
    avatarSource: 'UPLOAD',
    ...(avatar && { avatarImageUrl: avatar.id }),
  })
  return {
    projectId: (project.project ?? project).id,
    generationType: 'GALLERY_REFERENCE',
    selectedPoseIds: plan.poses.map((pose) => pose.id),
    batchSize: plan.variations,
    ...(args.prompt !== undefined && { prompt: args.prompt }),
    ...(args.seed !== undefined && { seed: args.seed }),
    ...(args.width !== undefined && { width: args.width }),
    ...(args.height !== undefined && { height: args.height }),
    ...(args.formats.length > 0 && { outputFormats: args.formats }),
    ...(args.background && {
      useBackgroundChanger: true,
      backgroundMode: 'solid_color',
      backgroundColor: args.background,
    }),
  }
}

async function uploadAvatar(api, path) {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new UsageError(`--avatar: there is no file ${path}`)
  if (found.size > maxAvatarBytes) throw new UsageError(`--avatar: ${path} is larger than 10 MiB`)
  const bytes = await readFile(path)
  const contentType = imageType(bytes)
  if (!contentType) throw new UsageError(`--avatar: ${path} is no PNG, JPEG or WebP`)
  return api.send('/uploads', bytes, contentType)
}

/** Content type by the first bytes, because a file name proves nothing; undefined for anything else. */
function imageType(bytes) {
  const head = bytes.toString('latin1', 0, 12)
  if (head.startsWith('\u0089PNG')) return 'image/png'
  if (head.startsWith('\u00ff\u00d8\u00ff')) return 'image/jpeg'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : undefined
}
