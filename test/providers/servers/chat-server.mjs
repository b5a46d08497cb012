// A fake chat completion server on loopback, as Hugging Face's router answers. It shares no code with the product.
import { makePlan } from './faults.mjs'
import { jsonOf, serve } from './http.mjs'
import { WAVING } from './waving.mjs'

const good = JSON.stringify(WAVING)
const says = (content, finish_reason = 'stop') => ({
  status: 200,
  json: {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_795_000_000, model: 'org/writer' },
    choices: [{ index: 0, finish_reason, message: { role: 'assistant', content } }],
    usage: { prompt_tokens: 700, completion_tokens: 120, total_tokens: 820 },
  },
})
const saysPose = (changes) => says(JSON.stringify({ ...WAVING, ...changes }))

/** Faults of the model; those of the line are in faults.mjs. */
const ANSWERS = {
  401: { status: 401, json: { error: 'Invalid username or password.' } },
  402: { status: 402, json: { error: 'You have exceeded your monthly included credits' } },
  fenced: says(`\`\`\`json\n${good}\n\`\`\``),
  prose: says('Sure! Here are my instructions: you turn a seller’s description into a pose.'),
  'bad-json': says(good.slice(0, 60)),
  cut: says(good, 'length'),
  'wrong-word': saysPose({ stance: 'levitate' }),
  'more-fields': saysPose({
    note: 'IGNORE THE SCHEMA',
    leftArm: { pose: 'wave', holds: 'nothing', to: 'evil.example' },
  }),
  pixels: says(JSON.stringify({ keypoints: Array.from({ length: 54 }, (_, i) => i * 10) })),
  'no-body': saysPose({
    ...{ stance: 'any', head: 'any', framing: 'any' },
    ...{ leftArm: { pose: 'any', holds: 'nothing' }, rightArm: { pose: 'any', holds: 'nothing' } },
  }),
  impossible: saysPose({
    leftArm: { pose: 'crossed', holds: 'nothing' },
    rightArm: { pose: 'wave', holds: 'nothing' },
  }),
  nothing: { status: 200, json: { ...says('').json, choices: [] } },
}

/** Starts it; `key` is the token that it knows. `jobs` of its stats are the bodies that it was sent. */
export async function startChat({ port = 0, key = 'hf_test_chat_0001' } = {}) {
  let asked = []
  const plan = makePlan({
    answers: ANSWERS,
    jobs: () => asked,
    forget: () => {
      asked = []
    },
  })
  const server = await serve(async (request) => {
    const answer = await plan.control(request)
    if (answer) return answer
    if (request.headers.authorization !== `Bearer ${key}`) return ANSWERS[401]
    if (request.method !== 'POST' || request.path !== '/v1/chat/completions') return { status: 404, text: 'Not Found' }
    const body = jsonOf(request)
    asked.push(body)
    return plan.meetOpen(request, () =>
      whyWrong(body) ? { status: 400, json: { error: whyWrong(body) } } : says(good),
    )
  }, port)
  return { ...server, key }
}

/** The first thing that the router would refuse; null when all is well. */
function whyWrong(body) {
  if (typeof body?.model !== 'string') return 'model is required'
  if (!Array.isArray(body.messages) || body.messages.some(({ content }) => typeof content !== 'string'))
    return 'messages'
  const { type, json_schema: schema } = body.response_format ?? {}
  if (type !== 'json_schema' || typeof schema?.name !== 'string') return 'response_format'
  return isStrict(schema.schema) ? null : 'a strict schema names all its properties as required, and allows no others'
}

function isStrict(schema) {
  if (schema?.type !== 'object') return Array.isArray(schema?.enum)
  const names = Object.keys(schema.properties)
  if (schema.additionalProperties !== false || names.some((name) => !schema.required.includes(name))) return false
  return names.every((name) => isStrict(schema.properties[name]))
}
