import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { pageOf, toPage } from '../../http/page'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { isKnownAnswer, UNCHANGED } from '../presets/answer-cached'
import { loadPresets } from '../presets/load-presets'
import { cursorOf, filterPresets, PresetFilter } from '../presets/preset-filter'
import { PRESETS_PATH, PresetSchema, toPreset } from '../presets/preset-view'

const route = defineRoute({
  operationId: 'listAvatarPresets',
  method: 'get',
  path: PRESETS_PATH,
  tags: ['Avatars'],
  summary: 'People to begin an avatar with, by category, gender and words',
  ...access('public'),
  request: { query: PresetFilter },
  responses: { 200: json(pageOf(PresetSchema)), ...UNCHANGED, ...errors('VALIDATION_FAILED') },
})

export const registerListPresets = (app: App) =>
  app.openapi(route, async (c) => {
    const filter = c.req.valid('query')
    const rows = filterPresets(await loadPresets(c.var.ctx), filter)
    const language = answerInCallersLanguage(c)
    const { items, page } = toPage(rows, filter.limit, cursorOf)
    const answer = { items: items.map((row) => toPreset(row, language)), page }
    return (await isKnownAnswer(c, answer)) ? c.body(null, 304) : c.json(answer, 200)
  })
