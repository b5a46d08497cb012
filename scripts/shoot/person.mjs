// Who is in the pictures: an avatar that is there, one that is made first, or an uploaded picture.
import { randomUUID } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { UsageError } from './args.mjs'
import { ApiFailure } from './client.mjs'
import { buyMissing } from './credits.mjs'

const avatarApp = '/apps/avatar-creator'
const maxPhotoBytes = 10 * 1024 * 1024
const pollMs = 500
const makingLimitMs = 180_000

/**
 * The fields of a project that say who is in its pictures. Makes the avatar of `--preset` or `--photo` first, and says
 * what it cost. Throws UsageError for a file that is no picture, and for a photo without consent.
 */
export async function personFor(api, args, say, ask = askInTerminal) {
  if (args.preset !== undefined) {
    const avatar = await makeAvatar(api, say, `From preset ${args.preset}`, (path, key) =>
      api.post(`${path}/from-preset`, { presetId: args.preset }, { key }),
    )
    return ofAvatar(avatar.id)
  }
  if (args.photo !== undefined) {
    const photo = await readPhoto('--photo', resolve(args.here, args.photo))
    const consent = await consentFor(api, args, ask)
    const name = basename(args.photo).slice(0, 100)
    const avatar = await makeAvatar(api, say, 'From a photo', (path, key) => {
      const form = new FormData()
      form.set('file', new Blob([photo.bytes], { type: photo.contentType }), name)
      form.set('name', name)
      form.set('consent', JSON.stringify(consent))
      return api.sendForm(`${path}/upload`, form, { key })
    })
    if (!avatar.face) say('  No face was found in it: the pictures follow its colours where they can.')
    return ofAvatar(avatar.id)
  }
  if (args.avatar === undefined) return { avatarSource: 'UPLOAD' }
  if (isAvatarId(args.avatar)) return ofAvatar(args.avatar)
  const { bytes, contentType } = await readPhoto('--avatar', resolve(args.here, args.avatar))
  return { avatarSource: 'UPLOAD', avatarImageUrl: (await api.send('/uploads', bytes, contentType)).id }
}

const ofAvatar = (avatarId) => ({ avatarSource: 'AVATAR_CREATOR', avatarId })

/** An id and not the name of a file. */
export const isAvatarId = (text) => /^avt_[0-9A-HJKMNP-TV-Z]{26}$/.test(text)

async function makeAvatar(api, say, title, start) {
  const project = await api.post(`${avatarApp}/projects`, { name: 'Shoots from the terminal' })
  const path = `${avatarApp}/projects/${project.id}/avatars`
  const key = randomUUID() // one for all tries: bought credits or a lost answer make no second avatar
  const { generation } = await start(path, key).catch(async (error) => {
    if (!(error instanceof ApiFailure) || error.status !== 402) throw error
    const product = await buyMissing(api, error.details.required - error.details.available)
    say(`Bought ${product.credits} credits through the simulated gateway`)
    return start(path, key)
  })
  const { generation: end, avatars } = await ended(api, `${avatarApp}/generations/${generation.id}`)
  const { avatar, error } = avatars[0]
  if (!avatar) throw new Error(`There is no avatar: ${error ?? end.status}`)
  say(`${title}: avatar ${avatar.id}, ${end.creditCharged} credits (again with --avatar ${avatar.id})`)
  return avatar
}

async function ended(api, path) {
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const found = await api.get(path)
    if (found.generation.endedAt) return found
    if (waitedMs >= makingLimitMs) throw new Error('The avatar takes longer than three minutes; look at it later.')
    await wait(pollMs)
  }
}

/** What is declared of a face: shown in the words of the policy, and said by a person or by `--i-have-consent`. */
async function consentFor(api, { hasConsent }, ask) {
  const { version, language, policy } = await api.get(`${avatarApp}/policy`)
  const said = (kind) => ({ kind, policyVersion: version, isAdult: true, accepted: true })
  if (hasConsent) return said('permission')
  const { statements, rules } = policy[language]
  const lines = statements.map(({ text }, at) => `  ${at + 1}  ${text}`)
  const answer = await ask([...rules, '', ...lines, '', 'Which of them is true (anything else: none)? '].join('\n'))
  const chosen = statements[Number(answer?.trim()) - 1]
  if (chosen) return said(chosen.kind)
  throw new UsageError('--photo: no consent, no avatar. In a script say --i-have-consent when an adult gave it to you.')
}

/** Answers undefined where nobody can answer. */
async function askInTerminal(question) {
  if (!process.stdin.isTTY) return undefined
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return await lines.question(question)
  } finally {
    lines.close()
  }
}

async function readPhoto(option, path) {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw new UsageError(`${option}: there is no file ${path}`)
  if (found.size > maxPhotoBytes) throw new UsageError(`${option}: ${path} is larger than 10 MiB`)
  const bytes = await readFile(path)
  const contentType = imageType(bytes)
  if (!contentType) throw new UsageError(`${option}: ${path} is no PNG, JPEG or WebP`)
  return { bytes, contentType }
}

/** Content type by the first bytes, because a file name proves nothing; undefined for anything else. */
function imageType(bytes) {
  const head = bytes.toString('latin1', 0, 12)
  if (head.startsWith('\u0089PNG')) return 'image/png'
  if (head.startsWith('\u00ff\u00d8\u00ff')) return 'image/jpeg'
  return head.startsWith('RIFF') && head.endsWith('WEBP') ? 'image/webp' : undefined
}
