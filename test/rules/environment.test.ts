import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { BINDINGS } from '../../src/bindings'
import { type Config, configOf } from '../../src/config'
import { MissingPart, missingPartOf, standInFor } from '../../src/kernel/missing-part'
import { WITHOUT } from '../support/absent-parts'

const WHOLE = {
  ...{ ENVIRONMENT: 'production', JWT_SECRET: 'x'.repeat(32), MEDIA_SIGNING_SECRET: 'y'.repeat(32) },
}
let logged: string[]
beforeEach(() => {
  logged = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => void logged.push(line))
  return () => vi.restoreAllMocks()
})

const settings = (changes: Record<string, string | undefined> = {}): Config =>
  configOf({ ...WHOLE, ...changes } as unknown as Env)
/** The settings that cannot be read. */
const unreadable = (config: Config): string[] =>
  Object.keys(config).filter((name) => {
    try {
      return config[name as keyof Config] === Symbol()
    } catch (error) {
      return error instanceof MissingPart && error.part === name
    }
  })
const SIMULATION = ['EMBEDDED_FAIL_RATE', 'EMBEDDED_FIXED', 'EMBEDDED_LATENCY_MS', 'EMBEDDED_MODERATE']

describe('the settings', () => {
  test('with what must be there all can be read, and nothing is logged', () => {
    expect(unreadable(settings())).toEqual([])
    expect(logged).toEqual([])
  })

  test.each([
    ['JWT_SECRET', undefined],
    ['JWT_SECRET', 'too short'],
    ['MEDIA_SIGNING_SECRET', undefined],
    ['ENVIRONMENT', undefined],
    ['ENVIRONMENT', 'prod'],
    ['WELCOME_CREDITS', '-1'],
    ['WELCOME_CREDITS', 'many'],
    ['PROVIDER_LIMITS', '{'],
    ['PROVIDER_LIMITS', '{"fal":{"dailyUsd":-1}}'],
    ['PROVIDER_LIMITS', '{"fal":{"dailyUsdd":1}}'],
    ['NSFW_MODE', 'on'],
    ['NSFW_THRESHOLD', '7'],
    ['IMAGE_PROVIDERS', 'fal,embedded'],
    ['IMAGE_PROVIDERS', 'fal,dall-e'],
    ['LIMIT_UPLOAD_BYTES', '1 GiB'],
  ])('%s as %j takes away itself alone, and is logged once without its value', (name, value) => {
    const env = { ...WHOLE, [name]: value } as unknown as Env
    expect([unreadable(configOf(env)), unreadable(configOf(env))]).toEqual([[name], [name]])
    expect(logged).toHaveLength(1)
    const because = value === undefined ? 'it is not set' : 'its value is not allowed'
    expect(JSON.parse(logged[0]!)).toMatchObject({ event: 'part_missing', missing: name, because })
    if (value) expect(logged[0]).not.toContain(JSON.stringify(value))
  })

  test.each([
    { EMBEDDED_FAIL_RATE: '0.1' },
    { EMBEDDED_LATENCY_MS: '10' },
    { EMBEDDED_MODERATE: 'box' },
    { EMBEDDED_FIXED: '1' },
    { EMBEDDED_FAIL_RATE: 'often' },
    { EMBEDDED_FIXED: 'yes' },
  ])('%j makes no picture in production, nor where nobody knows whether it is production', (simulation) => {
    const none = ['IMAGE_PROVIDERS', ...SIMULATION].sort()
    expect(unreadable(settings(simulation)).sort()).toEqual(none)
    for (const ENVIRONMENT of [undefined, 'prod', 'Production'])
      expect(unreadable(settings({ ...simulation, ENVIRONMENT })).sort()).toEqual([...none, 'ENVIRONMENT'].sort())
  })

  test('a laptop may simulate', () => {
    const config = settings({ ENVIRONMENT: 'development', EMBEDDED_FAIL_RATE: '0.1' })
    expect([unreadable(config), config.EMBEDDED_FAIL_RATE]).toEqual([[], 0.1])
  })

  test('nobody can put another value in the place of one that was read', () => {
    expect(() => Object.assign(settings(), { ENVIRONMENT: 'test' })).toThrow(TypeError)
  })
})

describe('what stands in for a binding', () => {
  const bucket = standInFor<R2Bucket>('MEDIA')

  test('can be handed on and awaited, and throws by its name when it is used', async () => {
    expect(await bucket).toBe(bucket)
    expect(() => bucket.get('key')).toThrow(new MissingPart('MEDIA'))
    expect(() => Object.assign(bucket, { get: null })).toThrow(MissingPart)
  })

  test('is found behind the errors that others make of it, and only there', () => {
    const inner = new MissingPart('DB')
    expect(missingPartOf(new Error('query', { cause: new Error('driver', { cause: inner }) }))).toBe(inner)
    expect([new Error('other'), 'text', null, undefined].map(missingPartOf)).toEqual([null, null, null, null])
  })
})

describe('wrangler.toml', () => {
  const toml = readFileSync('wrangler.toml', 'utf8').replace(/^\s*#.*$/gm, '')
  const bindings = [
    ...[...toml.matchAll(/^binding = "(\w+)"/gm)].map((match) => match[1]),
    ...[...toml.matchAll(/name = "(\w+)", class_name/g)].map((match) => match[1]),
  ].sort()
  const secrets = [...(/^required = \[(.*)\]/m.exec(toml)?.[1] ?? '').matchAll(/"(\w+)"/g)].map((match) => match[1])

  test('each of its bindings has a stand-in', () => {
    expect(bindings).toEqual([...BINDINGS].sort())
  })

  test('each of its bindings and required secrets has a line in the table of what is left without it', () => {
    expect(Object.keys(WITHOUT).sort()).toEqual([...bindings, ...secrets].sort())
  })

  test('every setting without which nothing is right is a required secret, or stands there', () => {
    const vars = [...(/\[vars\]([^[]*)/.exec(toml)?.[1] ?? '').matchAll(/^(\w+) =/gm)].map((match) => match[1])
    const needed = unreadable(configOf({} as Env))
    expect(needed.filter((name) => !vars.includes(name)).sort()).toEqual([...secrets].sort())
  })
})
