// What each place asks of pictures that AI made, as far as we could read it. Where nothing was found, that is what is said:
// a rule we only guess is worse than none. C2PA, which some of them read too, is not in our files.
import type { Language } from '../http/errors'
import type { FormatId } from './types'

type Text = Record<Language, string>

/** `rule`: what is known, and from where. `advice`: what the seller does. */
export type AiLabel = { rule: Text; advice: Text }

/** The day somebody last looked. */
const LOOKED_ON = '2026-11-21'

const SAY_IT: Text = {
  id: 'Tulis di deskripsi bahwa gambar dibuat dengan AI, dan cocokkan produk dengan aslinya.',
  en: 'Say in the description that the picture was made with AI, and check that the product looks as it is.',
}

const unknown = (place: string): AiLabel => ({
  rule: {
    id: `Aturan ${place} tentang label AI tidak kami temukan (dicari ${LOOKED_ON}). Periksa pusat penjual.`,
    en: `We found no rule of ${place} on AI labels (looked on ${LOOKED_ON}). Check its seller centre.`,
  },
  advice: SAY_IT,
})

const TIKTOK: AiLabel = {
  rule: {
    id: `Konten yang seluruhnya atau banyak dibuat AI perlu diberi label (TikTok Shop, AI-Generated Content Policy, halaman AS, salinan dibaca ${LOOKED_ON}; halaman Indonesia tidak kami baca).`,
    en: `Content that AI made or changed much should be labelled (TikTok Shop, AI-Generated Content Policy, US page, copy read on ${LOOKED_ON}; the Indonesian page was not read).`,
  },
  advice: {
    id: 'Nyalakan "Konten buatan AI" saat mengunggah, atau beri tulisan pada gambar. Produk harus sama dengan aslinya.',
    en: 'Turn on "AI-generated content" when you post, or put a note on the picture. The product must look as it is.',
  },
}

const TOKOPEDIA: AiLabel = {
  rule: {
    id: `Aturan Tokopedia sendiri tidak kami temukan (dicari ${LOOKED_ON}). TikTok Shop, yang kini mengelolanya bersama, meminta label.`,
    en: `We found no rule of Tokopedia’s own (looked on ${LOOKED_ON}). TikTok Shop, which runs with it now, asks for a label.`,
  },
  advice: SAY_IT,
}

const reads = (place: string, source: string): AiLabel => ({
  rule: {
    id: `${place} dapat memberi label sendiri dari tanda IPTC di dalam file (${source}, salinan dibaca ${LOOKED_ON}).`,
    en: `${place} may put a label by itself because of the IPTC mark in the file (${source}, copy read on ${LOOKED_ON}).`,
  },
  advice: {
    id: 'Unggah file apa adanya; aplikasi lain dapat menghapus tanda AI.',
    en: 'Post the file as it is; other apps may take the AI mark out.',
  },
})
const META = reads('Meta', 'Meta, 2024-02-06; IPTC')
const GOOGLE: AiLabel = {
  rule: {
    id: `Google Merchant Center mewajibkan tanda IPTC trainedAlgorithmicMedia tetap ada (2024-02, dikutip Search Engine Roundtable, dibaca ${LOOKED_ON}).`,
    en: `Google Merchant Center requires that the IPTC mark trainedAlgorithmicMedia stays (2024-02, quoted by Search Engine Roundtable, read on ${LOOKED_ON}).`,
  },
  advice: {
    id: 'Jangan kompres ulang file dengan alat yang menghapus metadata.',
    en: 'Do not compress the file again with a tool that takes metadata out.',
  },
}

/** Null where nobody looks on: paper, and the stored file. */
export const AI_LABELS: Record<FormatId, AiLabel | null> = {
  instagram_story: META,
  tiktok: TIKTOK,
  instagram_feed: META,
  instagram_portrait: META,
  instagram_tall: META,
  facebook_post: META,
  twitter_post: unknown('X'),
  linkedin_post: unknown('LinkedIn'),
  whatsapp_status: unknown('WhatsApp'),
  pinterest_pin: reads('Pinterest', 'Pinterest Help, 2025-03; IPTC'),
  youtube_thumbnail: unknown('YouTube'),
  shopee_product: unknown('Shopee'),
  tokopedia_product: TOKOPEDIA,
  lazada_product: unknown('Lazada'),
  tiktok_shop: TIKTOK,
  whatsapp_catalog: unknown('WhatsApp'),
  print_a4: null,
  print_4x6: null,
  website_hero: GOOGLE,
  original: null,
}
