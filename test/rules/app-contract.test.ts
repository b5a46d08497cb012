import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { avatarCreator } from '../../src/apps/avatar-creator/app'
import type { AvatarWish } from '../../src/apps/avatar-creator/params'
import type { AvatarGiven } from '../../src/apps/avatar-creator/plan'
import type { Who } from '../../src/apps/contract'
import { poseGenerator } from '../../src/apps/pose-generator/app'
import type { GenerateBody } from '../../src/apps/pose-generator/params'
import type { Cast } from '../../src/apps/pose-generator/plan'
import { MAX_PROMPT_CHARACTERS } from '../../src/apps/prompt/phrases'
import { registry } from '../../src/apps/registry'
import { EMPTY_ATTRIBUTES, EMPTY_PERSONA } from '../../src/avatars/fields'
import { portraitPose } from '../../src/avatars/portrait-pose'
import type { PriceList, TaskPrice } from '../../src/credits/prices'
import type { AvatarRef, JobWork, TaskPlan } from '../../src/generations/types'
import { newId } from '../../src/kernel/ids'
import { POLICY_VERSION } from '../../src/likeness/policy'
import { EVENT_TYPES, JOB_EVENTS } from '../../src/progress/events'

/** What the host does with an app, with everything it found already given. */
type Played = {
  id: JobWork['app']
  /** Operations that start it, as docs/openapi.json names them. */
  starts: string[]
  /** Bodies as clients send them. */
  bodies: Record<string, object>
  params: (body: never) => JobWork['params']
  price: (body: never, prices: PriceList) => TaskPrice
  plan: (body: never, seed: number) => TaskPlan[]
  read: (body: object) => { success: boolean; data?: unknown }
}

const avatar: AvatarRef = {
  ...{ id: newId('avatar'), attributes: { ...EMPTY_ATTRIBUTES, gender: 'female', hairStyle: 'hijab' } },
  ...{ persona: { ...EMPTY_PERSONA, age: 30, personality: ['warm'] }, words: 'batik blouse', lookSeed: 7 },
}

const who: Who = { avatarUploadId: null, avatar }
const cast: Cast = {
  poses: [{ id: 'carry-box-chest', name: 'Box', promptHint: 'holding a box', props: ['box'] }],
  avatar,
}
const given: AvatarGiven = {
  ...{ name: 'Sari', persona: avatar.persona, attributes: avatar.attributes, words: avatar.words, lookSeed: 7 },
  ...{ presetId: null, consent: null, parent: avatar, pose: portraitPose() },
}
const projectId = newId('avatarProject')
const consent = { kind: 'self', policyVersion: POLICY_VERSION, isAdult: true, accepted: true }
const gallery = {
  projectId: newId('project'),
  generationType: 'GALLERY_REFERENCE',
  selectedPoseIds: ['carry-box-chest'],
}

const APPS: Played[] = [
  {
    id: poseGenerator.id,
    starts: ['generate'],
    bodies: {
      gallery,
      'with a background': {
        ...{ ...gallery, useBackgroundChanger: true, backgroundMode: 'solid_color', backgroundColor: '#AABBCC' },
      },
      words: { projectId: newId('project'), generationType: 'TEXT_DESCRIPTION', textPrompt: 'holding a box' },
    },
    params: (body: GenerateBody) => poseGenerator.params(body, who),
    price: (body: GenerateBody, prices) => poseGenerator.price(poseGenerator.params(body, who), prices),
    plan: (body: GenerateBody, seed) => poseGenerator.plan(body, cast, seed),
    read: (body) => poseGenerator.body.safeParse(body),
  },
  {
    id: avatarCreator.id,
    starts: ['generateAvatar', 'createAvatarFromPreset', 'createAvatarFromReference', 'varyAvatar'],
    bodies: {
      text_to_image: { way: 'text_to_image', projectId, words: 'batik', variationCount: 4 },
      from_preset: { way: 'from_preset', projectId, presetId: 'barista' },
      from_reference: { way: 'from_reference', projectId, referenceImageId: newId('upload'), consent },
      uploaded: { way: 'uploaded', projectId, uploadId: newId('upload'), consent },
      variation: { way: 'variation', avatarId: avatar.id, keep: 'person' },
    },
    params: (body: AvatarWish) => avatarCreator.params(body, given),
    price: (body: AvatarWish, prices) => avatarCreator.price(avatarCreator.params(body, given), prices),
    plan: (body: AvatarWish, seed) => avatarCreator.plan(body, given, seed),
    read: (body) => avatarCreator.body.safeParse(body),
  },
]

const CASES = APPS.flatMap((app) => Object.entries(app.bodies).map(([name, body]) => ({ app, id: app.id, name, body })))
const readBody = (app: Played, body: object): never => {
  const read = app.read(body)
  expect(read).toMatchObject({ success: true })
  return read.data as never
}

test('every app that is switched on is played here', () => {
  expect(APPS.map(({ id }) => id).sort()).toEqual(
    registry
      .getEnabled()
      .map(({ id }) => id)
      .sort(),
  )
})

describe.each(CASES)('$id: $name', ({ app, body: sent }) => {
  const priced = registry.get(app.id)!.priced

  test('costs a whole number of credits by the price list alone, and nothing is free by accident', () => {
    const body = readBody(app, sent)
    const credits = fc.array(fc.nat(1_000_000), { minLength: priced.length, maxLength: priced.length })
    fc.assert(
      fc.property(credits, (amounts) => {
        const list = { version: 1, credits: Object.fromEntries(priced.map((action, at) => [action, amounts[at]!])) }
        const { poseCredits, backgroundCredits } = app.price(body, list)
        expect([poseCredits, backgroundCredits].every((each) => Number.isSafeInteger(each) && each >= 0)).toBe(true)
        // What is paid for one picture is named in the list: one action, and perhaps another for its background.
        expect(amounts).toContain(poseCredits)
        expect([0, ...amounts]).toContain(backgroundCredits)
      }),
    )
    expect(() => app.price(body, { version: 1, credits: {} })).toThrow(/there is a price for/)
  })

  test('means the same pictures each time, each with a key and an id of its own', () => {
    const body = readBody(app, sent)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffffff }), (seed) => {
        const [tasks, again] = [app.plan(body, seed), app.plan(body, seed)]
        const bare = (list: TaskPlan[]) => list.map(({ imageId: _, ...rest }) => rest)
        expect(bare(again)).toEqual(bare(tasks))
        expect(tasks.length).toBeGreaterThan(0)
        expect(new Set(tasks.map(({ variationKey }) => variationKey)).size).toBe(tasks.length)
        expect(new Set([...tasks, ...again].map(({ imageId }) => imageId)).size).toBe(2 * tasks.length)
        for (const task of tasks) {
          expect(task.seed).toBe(task.seed >>> 0)
          expect(task.prompt.length).toBeLessThanOrEqual(MAX_PROMPT_CHARACTERS)
          expect(task.variationKey).toMatch(/^[a-z0-9-]+$/)
        }
      }),
      { numRuns: 50 },
    )
  })

  test('params are what comes back from where they are kept', () => {
    const params = app.params(readBody(app, sent))
    expect(JSON.parse(JSON.stringify(params))).toEqual(params)
  })

  test('a field that there is not is refused', () => {
    expect(app.read({ ...sent, isFree: true })).toMatchObject({ success: false })
    expect(app.read({ ...sent, priceCredits: 0 })).toMatchObject({ success: false })
  })
})

describe.each(APPS)('$id', ({ id, starts }) => {
  test('tells how it goes under names that clients know', () => {
    const told = Object.values(JOB_EVENTS[id])
    expect(told.length).toBeGreaterThanOrEqual(4)
    for (const type of told) expect(Object.keys(EVENT_TYPES)).toContain(type)
  })

  test.each(starts)('%s is documented: every field has a type, and a limit', (operationId) => {
    const unlimited: string[] = []
    walk(bodyOf(operationId), [], (path, schema) => {
      if (!isLimited(schema)) unlimited.push(path.join('.'))
    })
    expect(unlimited).toEqual([])
  })
})

type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  properties?: Record<string, Schema>
  items?: Schema
  oneOf?: Schema[]
  anyOf?: Schema[]
  allOf?: Schema[]
  pattern?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
}
type Operation = {
  operationId?: string
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}
const openapi = JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/openapi.json'), 'utf8'))

function bodyOf(operationId: string): Schema {
  for (const path of Object.values(openapi.paths) as Record<string, Operation>[])
    for (const operation of Object.values(path))
      if (operation.operationId === operationId) return operation.requestBody!.content['application/json'].schema
  throw new Error(`${operationId} is not in docs/openapi.json`)
}

const resolved = (schema: Schema): Schema =>
  schema.$ref ? openapi.components.schemas[schema.$ref.split('/').at(-1)!] : schema

/** Every field of a body, whatever its shape. */
function walk(given: Schema, path: string[], visit: (path: string[], schema: Schema) => void): void {
  const schema = resolved(given)
  const parts = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])]
  for (const part of parts.filter(isMoreThanWords)) walk(part, path, visit)
  for (const [name, each] of Object.entries(schema.properties ?? {})) walk(each, [...path, name], visit)
  if (parts.length === 0 && !schema.properties) visit(path, schema)
  if (schema.items) walk(schema.items, [...path, '[]'], visit)
}

const isMoreThanWords = (schema: Schema): boolean => Object.keys(schema).some((name) => name !== 'description')

function isLimited(schema: Schema): boolean {
  if (schema.enum || schema.const !== undefined) return true
  const types = [schema.type].flat().filter((type) => type !== 'null')
  return types.length > 0 && types.every((type) => LIMITS[type ?? '']?.(schema) ?? false)
}

const LIMITS: Record<string, (schema: Schema) => boolean> = {
  boolean: () => true,
  null: () => true,
  string: ({ maxLength, pattern }) => maxLength !== undefined || /\{\d+\}\$|^\^#/.test(pattern ?? ''),
  number: ({ minimum, maximum }) => minimum !== undefined && maximum !== undefined,
  integer: ({ minimum, maximum }) => minimum !== undefined && maximum !== undefined,
  array: ({ maxItems }) => maxItems !== undefined,
}
