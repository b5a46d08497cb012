import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { errors, json } from '../../http/responses'
import { answerInCallersLanguage } from '../../poses/caller-language'
import { isKnownAnswer, UNCHANGED } from '../presets/answer-cached'
import { loadPreset } from '../presets/load-presets'
import { PresetIdParam } from '../presets/preset-filter'
import { PRESETS_PATH, PresetSchema, toPreset } from '../presets/preset-view'

const route = defineRoute({
  operationId: 'showAvatarPreset',
  method: 'get',
  path: `${PRESETS_PATH}/{id}`,
  tags: ['Avatars'],
  summary: 'One preset of an avatar',
  ...access('public'),
  request: { params: PresetIdParam },
  responses: { 200: json(PresetSchema), ...UNCHANGED, ...errors('NOT_FOUND', 'VALIDATION_FAILED') },
})

export const registerShowPreset = (app: App) =>
  app.openapi(route, async (c) => {
    const row = await loadPreset(c.var.ctx, c.req.valid('param').id)
    const preset = toPreset(row, answerInCallersLanguage(c))
    return (await isKnownAnswer(c, preset)) ? c.body(null, 304) : c.json(preset, 200)
  })
