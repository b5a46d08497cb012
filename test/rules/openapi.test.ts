import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

type Operation = {
  operationId: string
  parameters?: { name: string; in: string; required?: boolean }[]
  responses: Record<string, object>
}
const document = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: Record<string, Record<string, object>>
}
const routes = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
)

/** Every value under the key `name`, at any depth. */
function valuesOf(name: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [...(key === name ? [inner] : []), ...valuesOf(name, inner)])
}

describe('docs/openapi.json', () => {
  test('is OpenAPI 3.1', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(routes.length).toBeGreaterThan(35)
  })

  test('every $ref leads somewhere, and every schema is referred to', () => {
    const references = new Set(valuesOf('$ref', document) as string[])
    for (const reference of references) {
      const [hash, ...steps] = reference.split('/')
      const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document)
      expect([hash, typeof target, reference]).toEqual(['#', 'object', reference])
    }
    const named = Object.keys(document.components.schemas ?? {}).map((name) => `#/components/schemas/${name}`)
    expect(named.filter((name) => !references.has(name))).toEqual([])
  })

  test('an operationId names one operation', () => {
    const ids = routes.map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/)
  })

  test('path parameters are those of the path, and required', () => {
    for (const { path, operation } of routes) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
      expect([path, declared.map(({ name }) => name)]).toEqual([path, inPath])
      for (const { required } of declared) expect(required).toBe(true)
    }
  })

  test('security schemes that routes ask for are defined', () => {
    const asked = valuesOf('security', document.paths).flatMap((list) => (list as object[]).flatMap(Object.keys))
    for (const scheme of new Set(asked))
      expect(Object.keys(document.components.securitySchemes ?? {})).toContain(scheme)
  })

  test('every operation says what it answers, every schema says something', () => {
    for (const { operation } of routes) expect(Object.keys(operation.responses).length).toBeGreaterThan(0)
    for (const schema of Object.values(document.components.schemas ?? {})) expect(Object.keys(schema)).not.toEqual([])
  })
})

/** Tests that walk all routes: they name none. */
const WALKS = ['every-route.test.ts', 'bad-input.test.ts']
const files = ['routes', 'journeys', 'objects', 'payments'].flatMap((folder) =>
  readdirSync(join(root, 'test', folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !WALKS.includes(name))
    .map((name) => ({ name, text: readFileSync(join(root, 'test', folder, name), 'utf8') })),
)

describe('every route has tests of its own', () => {
  test.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_, route) => {
    expect(files.filter((file) => isAbout(file, route)).map(({ name }) => name)).not.toEqual([])
  })
})

/** Named by operationId, by `POST /payments/:id/simulation`, by the file, or, for a GET, by asking for the path. */
function isAbout(
  { name, text }: (typeof files)[number],
  { method, path, operation }: (typeof routes)[number],
): boolean {
  if (name.includes(operation.operationId.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))) return true
  if (new RegExp(`\\b${operation.operationId}\\b`).test(text)) return true
  const short = path.replace('/api/v1', '').replace('/apps/pose-generator', '')
  const title = short.replace(/\{(\w+)\}/g, ':$1')
  if (new RegExp(`${method} (/apps/pose-generator)?${title}(?![\\w/])`).test(text)) return true
  const asked = short.replace(/\{\w+\}/g, String.raw`(\$\{[^}]+\}|[\w-]+)`)
  return method === 'GET' && new RegExp(`[\`'}/]${asked.slice(1)}[\`'?$]`).test(text)
}
