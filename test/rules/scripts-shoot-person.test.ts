import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, describe as group, it } from 'vitest'
import { UsageError } from '../../scripts/shoot/args.mjs'
import { isAvatarId, personFor } from '../../scripts/shoot/person.mjs'
import { POLICY, POLICY_VERSION } from '../../src/likeness/policy'

const AVATAR_ID = 'avt_01JD0000000000000000000000'
const here = mkdtempSync(join(tmpdir(), 'lumiku-person-'))
writeFileSync(join(here, 'me.png'), Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'))
writeFileSync(join(here, 'me.txt'), 'hello')

/** Answers as the API does, and keeps what was sent to it. */
function listening({ face = null as object | null, error = null as string | null } = {}) {
  const sent: { path: string; body: unknown; key?: string | undefined }[] = []
  const started = { generation: { id: 'avg_1', endedAt: null } }
  const statements = Object.entries(POLICY.en.statements).map(([kind, text]) => ({ kind, text }))
  const answer = (path: string, body: unknown, key?: string) => {
    sent.push({ path, body, key })
    return path.endsWith('/projects') ? { id: 'avp_1' } : path === '/uploads' ? { id: 'upl_1' } : started
  }
  return {
    sent,
    get: async (path: string) =>
      path.endsWith('/policy')
        ? { version: POLICY_VERSION, language: 'en', policy: { en: { rules: POLICY.en.rules, statements } } }
        : {
            generation: { endedAt: '2026-11-22T00:00:00Z', status: error ? 'failed' : 'completed', creditCharged: 2 },
            avatars: [{ error, avatar: error ? null : { id: AVATAR_ID, face } }],
          },
    post: async (path: string, json: unknown, { key }: { key?: string } = {}) => answer(path, json, key),
    send: async (path: string, bytes: Uint8Array) => answer(path, bytes),
    sendForm: async (path: string, form: FormData, { key }: { key: string }) => answer(path, form, key),
  }
}
function consentIn({ sent }: ReturnType<typeof listening>) {
  const form = sent.at(-1)?.body
  if (!(form instanceof FormData)) throw new Error('no form was sent')
  return JSON.parse(String(form.get('consent')))
}
const silent = () => {}

group('who is in a shoot', () => {
  it('an avatar is named by its id, anything else is a file', async () => {
    expect([isAvatarId(AVATAR_ID), isAvatarId('avt_1.png'), isAvatarId('me.png')]).toEqual([true, false, false])
    const api = listening()
    const person = { avatarSource: 'AVATAR_CREATOR', avatarId: AVATAR_ID }
    expect(await personFor(api, { here, avatar: AVATAR_ID }, silent)).toEqual(person)
    expect(await personFor(api, { here }, silent)).toEqual({ avatarSource: 'UPLOAD' })
    expect(api.sent).toEqual([])
    const picture = { avatarSource: 'UPLOAD', avatarImageUrl: 'upl_1' }
    expect(await personFor(api, { here, avatar: 'me.png' }, silent)).toEqual(picture)
  })

  it('a preset becomes an avatar first, with a key that makes it one', async () => {
    const api = listening()
    const said: string[] = []
    const person = await personFor(api, { here, preset: 'barista' }, (line) => said.push(line))
    expect(person.avatarId).toBe(AVATAR_ID)
    expect(api.sent[1]).toMatchObject({ body: { presetId: 'barista' }, key: expect.stringMatching(/^[0-9a-f-]{36}$/) })
    expect(said.join()).toContain(`2 credits (again with --avatar ${AVATAR_ID})`)
  })

  it('a photo goes with the statement that was chosen, in the words of the policy', async () => {
    const api = listening({ face: { x: 0, y: 0, width: 1, height: 1 } })
    let shown = ''
    await personFor(api, { here, photo: 'me.png' }, silent, async (question) => {
      shown = question
      return ' 1 '
    })
    expect(shown).toContain(POLICY.en.statements.self)
    expect(consentIn(api)).toEqual({ kind: 'self', policyVersion: POLICY_VERSION, isAdult: true, accepted: true })
    await personFor(api, { here, photo: 'me.png', hasConsent: true }, silent)
    expect(consentIn(api).kind).toBe('permission')
  })

  it.each(['', 'y', '3', undefined])('no photo leaves the machine after the answer %j', async (answer) => {
    const api = listening()
    const asked = personFor(api, { here, photo: 'me.png' }, silent, async () => answer)
    await expect(asked).rejects.toThrow(UsageError)
    expect(api.sent).toEqual([])
  })

  it('says what is wrong with the file, and why there is no avatar', async () => {
    await expect(personFor(listening(), { here, photo: 'no.png' }, silent)).rejects.toThrow('--photo: there is no file')
    await expect(personFor(listening(), { here, photo: 'me.txt' }, silent)).rejects.toThrow('is no PNG, JPEG or WebP')
    const refused = personFor(listening({ error: 'PROMPT_REJECTED' }), { here, preset: 'barista' }, silent)
    await expect(refused).rejects.toThrow('There is no avatar: PROMPT_REJECTED')
  })
})
