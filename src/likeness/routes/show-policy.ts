import { z } from '@hono/zod-openapi'
import { CONSENT_KINDS } from '../../db/tables/likeness'
import { access } from '../../http/access'
import type { App } from '../../http/app-env'
import { defineRoute } from '../../http/define-route'
import { languageOf } from '../../http/errors'
import { json } from '../../http/responses'
import { POLICY, POLICY_VERSION, statementSha256 } from '../policy'

const LANGUAGES = ['id', 'en'] as const

const PolicyText = z
  .object({
    title: z.string(),
    rules: z.array(z.string()),
    howToReport: z.string(),
    statements: z.array(
      z.object({
        kind: z.enum(CONSENT_KINDS),
        text: z.string().openapi({ description: 'To be shown as it is before a photo is sent' }),
        sha256: z.string().openapi({ description: 'Of the text, as it is kept with a consent' }),
      }),
    ),
  })
  .openapi('LikenessPolicyText')

const route = defineRoute({
  operationId: 'showLikenessPolicy',
  method: 'get',
  path: '/api/v1/apps/avatar-creator/policy',
  tags: ['Avatars: likeness'],
  summary: 'What may be done with a face, what is to be declared before one is sent, and how to report a picture',
  ...access('public'),
  responses: {
    200: json(
      z.object({
        version: z.string().openapi({ description: 'To be sent as `policyVersion` of a consent' }),
        language: z.enum(LANGUAGES).openapi({ description: 'Of the two, the one that the request prefers' }),
        policy: z.object({ id: PolicyText, en: PolicyText }),
      }),
    ),
  },
})

export const registerShowLikenessPolicy = (app: App) =>
  app.openapi(route, async (c) => {
    const language = languageOf(c.req.header('accept-language'))
    const [id, en] = await Promise.all(LANGUAGES.map(textIn))
    return c.json({ version: POLICY_VERSION, language, policy: { id: id!, en: en! } }, 200)
  })

async function textIn(language: (typeof LANGUAGES)[number]): Promise<z.infer<typeof PolicyText>> {
  const { statements, rules, ...texts } = POLICY[language]
  const stated = CONSENT_KINDS.map(async (kind) => ({
    ...{ kind, text: statements[kind], sha256: await statementSha256(kind, language) },
  }))
  return { ...texts, rules: [...rules], statements: await Promise.all(stated) }
}
