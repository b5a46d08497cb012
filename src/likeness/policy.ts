import { z } from '@hono/zod-openapi'
import { type avatarConsents, CONSENT_KINDS } from '../db/tables/likeness'
import type { AvatarConsent } from '../generations/types'
import type { Language } from '../http/errors'
import { sha256Hex } from '../kernel/hash'
import { newId } from '../kernel/ids'

/** Changes whenever a word below does: a consent says which words it was given to. */
export const POLICY_VERSION = '2026-11'

type ConsentKind = (typeof CONSENT_KINDS)[number]

type Policy = { title: string; rules: readonly string[]; howToReport: string; statements: Record<ConsentKind, string> }

/** What may be done with a real face, in the words that people are shown. */
export const POLICY: Record<Language, Policy> = {
  id: {
    title: 'Wajah orang dalam avatar',
    rules: [
      'Unggah hanya foto diri Anda sendiri, atau foto orang dewasa yang mengizinkannya untuk keperluan ini.',
      'Anak dan remaja di bawah 18 tahun tidak boleh dijadikan avatar, baik dari foto maupun dari kata-kata, juga dengan izin orang tua.',
      'Jangan memakai avatar untuk menipu, mempermalukan, menyamar sebagai orang lain, atau untuk gambar seksual dan politik.',
      'Setiap gambar yang dibuat memuat keterangan bahwa gambar itu dibuat dengan AI.',
      'Siapa pun yang wajahnya dipakai tanpa izin dapat melapor, tanpa perlu akun. Laporan diperiksa oleh manusia.',
      'Jika laporan diterima, avatar, variasinya, dan semua gambar yang dibuat dengannya dihapus.',
      'Avatar yang Anda hapus hilang bersama foto asalnya dan gambar yang dibuat dengannya; Anda mendapat rincian apa yang dihapus.',
      'Catatan pernyataan izin dan riwayat kredit tetap disimpan sebagai bukti, tanpa gambar.',
    ],
    howToReport:
      'Kirim POST ke /api/v1/apps/avatar-creator/reports dengan id atau tautan gambar, alasan, penjelasan, dan email Anda.',
    statements: {
      self: 'Orang dalam foto ini adalah saya sendiri. Saya berusia 18 tahun atau lebih. Saya setuju wajah saya dipakai untuk membuat gambar dengan AI.',
      permission:
        'Orang dalam foto ini berusia 18 tahun atau lebih, dan mengizinkan saya memakai wajahnya untuk membuat gambar dengan AI. Saya dapat menunjukkan izin itu bila diminta.',
    },
  },
  en: {
    title: 'The likeness of people in avatars',
    rules: [
      'Upload only a photo of yourself, or of an adult who allowed it for this purpose.',
      'Nobody under 18 may become an avatar, neither from a photo nor from words, not even with the consent of a parent.',
      'Do not use an avatar to deceive, to humiliate, to pass for somebody else, or for sexual or political pictures.',
      'Every picture that is made carries a note that it was made with AI.',
      'Anybody whose face is used without consent can report it, and needs no account. A person looks at every report.',
      'When a report is upheld, the avatar, its variations and every picture made with it are deleted.',
      'An avatar that you delete goes with its source photo and the pictures made with it; you get a report of what was deleted.',
      'The record of the consent and the history of credits are kept as evidence, without pictures.',
    ],
    howToReport:
      'Send a POST to /api/v1/apps/avatar-creator/reports with the id or the link of the picture, a reason, what happened, and your e-mail.',
    statements: {
      self: 'The person in this photo is me. I am 18 or older. I agree that my face is used to make pictures with AI.',
      permission:
        'The person in this photo is 18 or older and allowed me to use their face to make pictures with AI. I can show that permission when asked.',
    },
  },
}

/** What comes with a photo of a face. Each part is said on its own: nobody consents by leaving something out. */
export const ConsentField = z
  .strictObject({
    kind: z.enum(CONSENT_KINDS).openapi({ description: '`self`: it is me; `permission`: an adult who allowed it' }),
    policyVersion: z.literal(POLICY_VERSION, {
      error: `must be ${POLICY_VERSION}, the current policy: show its statement and ask anew`,
    }),
    isAdult: z.literal(true, { error: 'must be true: nobody under 18 may become an avatar' }),
    accepted: z.literal(true, { error: 'must be true: the statement of GET /policy was accepted' }),
  })
  .openapi('LikenessConsent')

type Consent = z.infer<typeof ConsentField>

/** SHA-256 in hex of a statement as it was shown. */
export const statementSha256 = (kind: ConsentKind, language: Language): Promise<string> =>
  sha256Hex(POLICY[language].statements[kind])

/** What is kept of a consent, from the request that brought it on; `language` is that of the request. */
export const toConsent = async ({ kind, policyVersion }: Consent, language: Language): Promise<AvatarConsent> => ({
  ...{ kind, policyVersion, statementSha256: await statementSha256(kind, language) },
})

type Given = {
  userId: string
  /** The job that makes the avatar: one consent for each, however often it is written. */
  generationId: string
  avatarId: string
  consent: AvatarConsent
  now: number
}

/** The row that keeps a consent; it outlives the avatar. Insert it with `onConflictDoNothing`, after the avatar's row. */
export const consentRow = ({ consent, now, ...row }: Given): typeof avatarConsents.$inferInsert => ({
  ...{ id: newId('avatarConsent'), ...row, ...consent, createdAt: now },
})
