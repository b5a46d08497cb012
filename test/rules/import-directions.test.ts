import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** One import: from file to file, by paths from the root without extension. `names` are those taken as values. */
type Import = { from: string; to: string; names: string[] }

const FILES = globSync('{src,durable-objects,queues}/**/*.ts', { cwd: ROOT })
  .filter((path) => !path.endsWith('.d.ts') && !path.startsWith('src/render/assembly/'))
  .sort()

const IMPORT = /^(?:import|export)\s+(type\s)?([^'";]*?)\s*from\s+'(\.[^']+)'/gm

/** Every import of one of our files by another. */
function importsOf(path: string, source: string): Import[] {
  const from = path.replace(/\.ts$/, '')
  return [...source.matchAll(IMPORT)].map(([, type, clause = '', target = '']) => ({
    from,
    to: normalize(join(dirname(path), target)).replace(/\.ts$/, ''),
    names: type ? [] : valueNames(clause),
  }))
}

/** `{ a, type B, c as d }` -> a, c. */
const valueNames = (clause: string): string[] =>
  clause
    .replace(/[{}]/g, ',')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(' as ')[0] ?? name)

const sourceOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const IMPORTS = FILES.flatMap((path) => importsOf(path, sourceOf(path)))

const inside = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`)
const isOneOf = (path: string, folders: string[]): boolean => folders.some((folder) => inside(path, folder))
const isConstant = (name: string): boolean => /^[A-Z][A-Z0-9_]*$/.test(name)

/** What may be imported from where, besides a folder's own files and libraries. Folders not named here are slices. */
const MAY_IMPORT: Record<string, string[]> = {
  'src/kernel': [],
  'src/db': ['src/kernel'],
  'src/render': ['src/kernel'],
  'src/http': ['src/kernel', 'src/db', 'src/ctx'],
  'src/messages': ['src/kernel', 'src/exports/types'],
  'src/config': ['src/kernel'],
  'durable-objects': [
    ...['src/kernel', 'src/credits', 'src/messages', 'src/progress/events', 'src/generations/types'],
    ...['src/providers/contract', 'src/providers/errors'],
  ],
  'src/apps': [
    ...['src/kernel', 'src/credits', 'src/http/fields', 'src/generations/types', 'src/exports/types'],
    ...['src/exports/fields', 'src/avatars/fields', 'src/likeness/policy', 'src/db/tables/avatar-attributes'],
  ],
}

/** These may name types of anybody: a type makes no dependency at run time. */
const TYPES_ARE_FREE = ['src/render']

/** What only these may import: everything below them would otherwise depend on what stands above. */
const IMPORTED_ONLY_BY: Record<string, string[]> = {
  'src/worker': [],
  'src/app': ['src/worker'],
  'src/cron': ['src/worker'],
  queues: ['src/worker'],
  'src/api': ['src/app'],
  'src/home': ['src/app'],
}

const sliceOf = (path: string): string => path.split('/').slice(0, 2).join('/')

/** Why an import goes the wrong way; null when it does not. */
function complaint({ from, to, names }: Import): string | null {
  for (const [folder, allowed] of Object.entries(MAY_IMPORT))
    if (inside(from, folder) && !isOneOf(to, [folder, ...allowed]))
      if (names.length > 0 || !isOneOf(from, TYPES_ARE_FREE)) return `${folder} may not import ${to}`
  for (const [folder, importers] of Object.entries(IMPORTED_ONLY_BY))
    if (inside(to, folder) && !isOneOf(from, [folder, ...importers])) return `${to} is not for ${from}`
  if (to.includes('/routes/') && sliceOf(from) !== sliceOf(to) && !isOneOf(from, ['src/api', 'src/app']))
    return 'a slice uses another slice’s verb and query files, never its routes'
  if (inside(to, 'durable-objects') && !isOneOf(from, ['durable-objects', 'src/worker']))
    if (!names.every(isConstant)) return 'of an object others know its types and constants; its functions run inside it'
  return null
}

const complaints = (imports: Import[]): string[] =>
  imports.flatMap((each) => {
    const why = complaint(each)
    return why === null ? [] : `${each.from} -> ${each.to}: ${why}`
  })

describe('who may import whom', () => {
  test('every import goes the allowed way', () => {
    expect(IMPORTS.length).toBeGreaterThan(300)
    expect(complaints(IMPORTS)).toEqual([])
  })

  test('imports name files that are there', () => {
    const known = new Set(FILES.map((path) => path.replace(/\.ts$/, '')))
    const lost = IMPORTS.filter(({ to }) => !known.has(to) && !/\.(wasm|json)$/.test(to))
    expect(lost).toEqual([])
  })

  test.each([
    ['src/kernel/ids.ts', "import { openDatabase } from '../db/client'"],
    ['src/kernel/ids.ts', "import type { Ctx } from '../ctx'"],
    ['src/db/client.ts', "import { fail } from '../http/errors'"],
    ['src/render/modules.ts', "import { fail } from '../http/errors'"],
    ['durable-objects/user/start.ts', "import { openDatabase } from '../../src/db/client'"],
    ['durable-objects/user/start.ts', "import { startGeneration } from '../../src/generations/start-generation'"],
    ['src/apps/pose-generator/plan.ts', "import { userObject } from '../../objects'"],
    ['src/payments/settle-payment.ts', "import { registerGenerate } from '../generations/routes/generate'"],
    ['src/payments/settle-payment.ts', "import { grant } from '../../durable-objects/user/ledger'"],
    ['src/auth/users.ts', "import { createApp } from '../app'"],
    ['src/generations/views.ts', "export { consume } from '../../queues/consumer'"],
  ])('a wrong way is seen: %s says %s', (path, line) => {
    expect(complaints(importsOf(path, line))).toHaveLength(1)
  })

  test('an allowed way is left alone', () => {
    const lines = [
      "import type { Pixels } from '../providers/contract'",
      "import { assert } from '../kernel/assert'",
      "import {\n  a,\n  type B,\n} from './image/kernel'",
    ]
    expect(complaints(importsOf('src/render/modules.ts', lines.join('\n')))).toEqual([])
  })

  test('no file needs itself by a detour', () => {
    const needs = new Map<string, string[]>()
    for (const { from, to, names } of IMPORTS) if (names.length > 0) needs.set(from, [...(needs.get(from) ?? []), to])
    const finished = new Set<string>()
    const walk = (path: string, trail: string[]): string[] => {
      if (trail.includes(path)) return [[...trail.slice(trail.indexOf(path)), path].join(' -> ')]
      if (finished.has(path)) return []
      const circles = (needs.get(path) ?? []).flatMap((next) => walk(next, [...trail, path]))
      finished.add(path)
      return circles
    }
    expect([...needs.keys()].flatMap((path) => walk(path, []))).toEqual([])
  })
})

describe('code that moves money', () => {
  const money = FILES.filter((path) =>
    isOneOf(path, ['durable-objects/user', 'src/admin', 'src/credits', 'src/payments', 'src/plans', 'src/quotes']),
  )
  const withoutComments = (source: string): string => source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
  const withoutTexts = (source: string): string => withoutComments(source).replace(/'[^'\n]*'|`[^`]*`/g, "''")

  test('is found', () => {
    expect(money).toContain('durable-objects/user/ledger.ts')
    expect(money.length).toBeGreaterThan(25)
  })

  test.each(money)('%s has no type that is off', (path) => {
    const code = withoutTexts(sourceOf(path))
    expect(code).not.toMatch(/\bany\b/)
    expect(withoutComments(sourceOf(path))).not.toMatch(/@ts-(ignore|expect-error|nocheck)/)
  })

  test.each(money)('%s counts in whole numbers only', (path) => {
    expect(withoutTexts(sourceOf(path))).not.toMatch(/\bparseFloat\b|\.toFixed\(/)
  })
})
