// data/avatars as rows of `avatar_presets` (src/db/tables/avatars.ts). Reads a file, knows nothing of SQL.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

const dataFile = new URL('../../data/avatars/presets.json', import.meta.url)
const codeFiles = ['preset-data.mjs', 'statements.mjs']

/** SHA-256 (hex) over the data file and the code that turns it into rows. */
export function presetsVersion() {
  const hash = createHash('sha256').update(readFileSync(dataFile))
  for (const name of codeFiles) hash.update(`${name}\0`).update(readFileSync(new URL(name, import.meta.url)))
  return hash.digest('hex')
}

/** Rows of `avatar_presets` in the order of the file. The revision changes with whatever a picture is drawn from. */
export function readPresets() {
  const { presets } = JSON.parse(readFileSync(dataFile, 'utf8'))
  return presets.map((preset, index) => {
    const { attributes, persona, words, seed } = preset
    const drawnFrom = JSON.stringify([attributes, words, seed])
    return {
      id: preset.id,
      category: preset.category,
      name_en: preset.name.en,
      name_id: preset.name.id,
      description_en: preset.description.en,
      description_id: preset.description.id,
      region: preset.region,
      persona_name: persona.name,
      persona_age: persona.age,
      persona_personality: JSON.stringify(persona.personality),
      persona_background: persona.background,
      gender: attributes.gender,
      age_range: attributes.ageRange,
      ethnicity: attributes.ethnicity,
      body_type: attributes.bodyType,
      hair_style: attributes.hairStyle,
      hair_color: attributes.hairColor,
      eye_color: attributes.eyeColor,
      skin_tone: attributes.skinTone,
      style: attributes.style,
      words,
      seed,
      position: index,
      is_public: true,
      revision: createHash('sha256').update(drawnFrom).digest('hex').slice(0, 12),
    }
  })
}
