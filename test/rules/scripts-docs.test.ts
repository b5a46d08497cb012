import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseShootArgs } from '../../scripts/shoot/args.mjs'

const pages = [
  'README.md',
  ...[
    ...['adding-an-app', 'admin', 'apps', 'architecture', 'avatars', 'deploy', 'exports', 'faults'],
    ...['library', 'likeness', 'pose-requests', 'providers', 'recovery', 'uploads'],
  ].map((page) => `docs/${page}.md`),
]
const read = (page: string) => readFileSync(page, 'utf8')

describe('what a newcomer reads', () => {
  it.each(pages)('%s links only to files that exist', (page) => {
    const targets = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)|src="([^"]+)"/g)]
    const missing = targets
      .map((match) => match[1] ?? match[2] ?? '')
      .filter((target) => !existsSync(join(dirname(page), target)))
    expect(missing).toEqual([])
  })

  it.each(pages)('%s names only npm scripts that exist', (page) => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('no npm script is there twice, which every start would warn of', () => {
    const block = /"scripts": \{([^}]*)\}/.exec(read('package.json'))?.[1] ?? ''
    const names = [...block.matchAll(/^ +"([^"]+)":/gm)].map((match) => match[1])
    expect(names).toContain('start')
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })

  it('npm scripts run only files that exist', () => {
    const commands = Object.values((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts)
    const files = commands.flatMap((command) =>
      [...command.matchAll(/node (\S+\.mjs)/g)].map((match) => match[1] ?? ''),
    )
    expect(files.filter((file) => !existsSync(file))).toEqual([])
  })

  it('the shoot of the README is one that the command takes', () => {
    const shoot = /npm run shoot -- (--poses "([^"]+)" --count (\d+))/.exec(read('README.md'))
    expect(parseShootArgs(['--poses', shoot?.[2] ?? '', '--count', shoot?.[3] ?? ''])).toMatchObject({ count: 8 })
  })

  it('the README stays short enough to be read', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThan(120)
  })
})
