import type { Language } from '../http/errors'
import type { FileFacts } from './check-file'
import { AI_LABELS } from './check-labels'
import type { Subject, White } from './check-pixels'
import type { ExportFormat } from './formats'

export const CHECKS = [
  ...(['pixels', 'bytes', 'type', 'dpi', 'color', 'ai_mark', 'white_background', 'subject_size', 'enlarged'] as const),
  'ai_label',
] as const
export type CheckName = (typeof CHECKS)[number]

export type Check = {
  name: CheckName
  /** Null: advice, which nobody can pass or fail by the file alone. */
  passed: boolean | null
  found: string
  wanted: string
  /** A request that mends it; null when there is none. */
  fix: string | null
}

/** All that is known of a finished file. */
export type VariantFacts = FileFacts & {
  /** How many times larger the picture was drawn than it was made. */
  enlargement: number
  /** Null when the pixels were not looked at. */
  white: White | null
  /** Null when nobody was found in it. */
  subject: Subject | null
}

/** Half of a person's body may leave a white picture through its lower edge; a background that is not white is far below. */
const LEAST_WHITE_BORDER = 0.85
/** Of the longer way. Lazada's guideline (MY, 2017) says 80 %; that of the others is ours. */
const LEAST_SUBJECT: Partial<Record<string, number>> = { lazada_product: 0.8 }
const LEAST_SUBJECT_ELSEWHERE = 0.6
/** Nobody sees less. */
const LEAST_ENLARGEMENT = 1.05

/**
 * What a shop would say of this file, point by point: what was found in its bytes, what is wanted, and what mends it. Points
 * that do not apply to the format are left out. `passed` is that no point failed; advice fails nothing.
 */
export function checkVariant(
  facts: VariantFacts,
  format: ExportFormat,
  { imageId, language }: { imageId: string; language: Language },
): { passed: boolean; checks: Check[] } {
  const say: Say = { text: (texts) => texts[language], language }
  const checks = [
    ...checkShape(facts, format, say),
    checkColor(facts, say),
    checkMark(facts, say),
    ...checkWhite(facts, format, say, imageId),
    ...checkSubject(facts, format, say),
    ...checkEnlargement(facts, say),
    ...remindOfLabel(format, say),
  ]
  return { passed: checks.every(({ passed }) => passed !== false), checks }
}

type Say = { text: (texts: Record<Language, string>) => string; language: Language }

const size = (width: number, height: number): string => `${width} x ${height} px`

/** Indonesian writes a decimal comma. */
const decimal = (value: number, digits: number, { language }: Say): string =>
  language === 'id' ? value.toFixed(digits).replace('.', ',') : value.toFixed(digits)
const megabytes = (bytes: number, say: Say): string => `${decimal(bytes / 1_000_000, 2, say)} MB`
/** Rounded down, so that a share just below what is wanted never reads like it. */
const percent = (share: number): string => `${Math.floor(share * 100)}%`
const upTo = { id: 'paling banyak', en: 'at most' }
const atLeast = { id: 'paling sedikit', en: 'at least' }

function checkShape(facts: VariantFacts, format: ExportFormat, say: Say): Check[] {
  const { widthPx, heightPx, maxBytes, dpi } = format
  const checks: Check[] = []
  if (widthPx !== null && heightPx !== null) {
    checks.push({
      name: 'pixels',
      passed: facts.widthPx === widthPx && facts.heightPx === heightPx,
      ...{ found: size(facts.widthPx, facts.heightPx), wanted: size(widthPx, heightPx), fix: null },
    })
    checks.push({
      ...{ name: 'type', passed: facts.type === format.type, found: facts.type, wanted: format.type, fix: null },
    })
  }
  if (maxBytes !== null) {
    checks.push({
      ...{ name: 'bytes', passed: facts.sizeBytes <= maxBytes, found: megabytes(facts.sizeBytes, say) },
      ...{ wanted: `${say.text(upTo)} ${megabytes(maxBytes, say)}`, fix: null },
    })
  }
  if (dpi !== null) {
    const found = facts.dpi === null ? say.text({ id: 'tidak tertulis', en: 'not written' }) : `${facts.dpi} dpi`
    checks.push({ name: 'dpi', passed: facts.dpi === dpi, found, wanted: `${dpi} dpi`, fix: null })
  }
  return checks
}

function checkColor({ profile }: VariantFacts, { text }: Say): Check {
  const found = {
    srgb: { id: 'sRGB', en: 'sRGB' },
    none: { id: 'tanpa profil, dibaca sebagai sRGB', en: 'no profile, read as sRGB' },
    other: { id: 'profil warna lain', en: 'another colour profile' },
  }[profile]
  return { name: 'color', passed: profile !== 'other', found: text(found), wanted: 'sRGB', fix: null }
}

function checkMark({ provenance }: VariantFacts, { text }: Say): Check {
  return {
    name: 'ai_mark',
    passed: provenance?.isMarkedAsAi === true,
    found: provenance?.digitalSourceType ?? text({ id: 'tidak ada tanda', en: 'no mark' }),
    wanted: 'IPTC DigitalSourceType trainedAlgorithmicMedia',
    fix: null,
  }
}

/** Where white is only recommended, another background is advice. */
function checkWhite(facts: VariantFacts, format: ExportFormat, { text }: Say, imageId: string): Check[] {
  const { white } = facts
  if (format.whiteBackground === 'none' || white === null) return []
  const isWhite = white.ofBorder >= LEAST_WHITE_BORDER
  const [border, all] = [percent(white.ofBorder), percent(white.ofAll)]
  const only = { id: 'foto utama saja', en: 'the main picture of a listing only' }
  const least = `${text(atLeast)} ${percent(LEAST_WHITE_BORDER)}`
  return [
    {
      name: 'white_background',
      passed: isWhite || (format.whiteBackground === 'required' ? false : null),
      found: text({ id: `tepi ${border} putih, seluruhnya ${all}`, en: `border ${border} white, all ${all}` }),
      wanted:
        format.whiteBackground === 'required'
          ? text({ id: `tepi ${least} putih (${only.id})`, en: `border ${least} white (${only.en})` })
          : text({ id: `disarankan tepi ${least} putih`, en: `recommended: border ${least} white` }),
      fix: isWhite
        ? null
        : `POST /api/v1/apps/pose-generator/poses/${imageId}/background {"backgroundMode":"solid_color","backgroundColor":"#FFFFFF"}`,
    },
  ]
}

/** Advice: how large is large enough depends on what is sold. */
function checkSubject({ subject }: VariantFacts, format: ExportFormat, { text }: Say): Check[] {
  if (format.category !== 'marketplace') return []
  const least = LEAST_SUBJECT[format.id] ?? LEAST_SUBJECT_ELSEWHERE
  const unknown = text({ id: 'subjek tidak dikenali', en: 'no subject was recognised' })
  const [height, width, area] = [subject?.height, subject?.width, subject?.area].map((share) => percent(share ?? 0))
  return [
    {
      name: 'subject_size',
      passed: subject !== null && Math.max(subject.width, subject.height) >= least ? true : null,
      found: subject
        ? text({
            id: `tinggi ${height}, lebar ${width}, luas ${area} dari gambar`,
            en: `height ${height}, width ${width}, area ${area} of the picture`,
          })
        : unknown,
      wanted: text({
        id: `disarankan ${atLeast.id} ${percent(least)} dari sisi yang lebih panjang`,
        en: `recommended: ${atLeast.en} ${percent(least)} of the longer way`,
      }),
      fix: null,
    },
  ]
}

function checkEnlargement({ enlargement }: VariantFacts, say: Say): Check[] {
  const times = `${decimal(enlargement, 1, say)} x`
  const isEnlarged = enlargement > LEAST_ENLARGEMENT
  return [
    {
      name: 'enlarged',
      passed: isEnlarged ? null : true,
      found: isEnlarged
        ? say.text({ id: `diperbesar ${times}, lebih lembut`, en: `enlarged ${times}, softer` })
        : say.text({ id: 'tidak diperbesar', en: 'not enlarged' }),
      wanted: say.text({ id: 'tidak diperbesar', en: 'not enlarged' }),
      fix: null,
    },
  ]
}

function remindOfLabel({ id }: ExportFormat, { text }: Say): Check[] {
  const label = AI_LABELS[id]
  if (!label) return []
  return [{ name: 'ai_label', passed: null, found: text(label.rule), wanted: text(label.advice), fix: null }]
}
