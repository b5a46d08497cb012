import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ProviderErrorCode, RULES } from '../../src/providers/errors'
import { DOWN_PATIENCE_MS, PATIENCE_MS } from '../../src/providers/run-state'

const page = readFileSync('docs/providers.md', 'utf8')

/** Rows of the table whose first column is headed so: cells without their marks. */
function tableOf(heading: string): string[][] {
  const table = page.split('\n\n').find((part) => part.startsWith(`| ${heading} |`))
  if (!table) throw new Error(`no table of ${heading}`)
  const rows = table.split('\n').slice(2)
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.replaceAll('`', '').trim()),
  )
}

/** A rule as the table has it, without what the error looks like. */
const said = (code: ProviderErrorCode): string[] => {
  const { maxTries, delaysMs, breaker, failover } = RULES[code]
  const waits = delaysMs.map((ms) => ms / 1_000).join(', ')
  return [code, maxTries === Infinity ? 'while patient' : String(maxTries), waits, breaker, failover ? 'yes' : 'no']
}

describe('docs/providers.md', () => {
  test('says of every error what the code does with it', () => {
    const rows = tableOf('code').map(([code, _, ...rest]) => [code, ...rest])
    expect(rows).toEqual((Object.keys(RULES) as ProviderErrorCode[]).map(said))
  })

  test('says how every error looks', () => {
    for (const [code, looks] of tableOf('code')) expect(looks, code).toMatch(/\w{3}/)
  })

  test('says how long a picture waits', () => {
    expect(page).toContain(`until ${PATIENCE_MS / 60_000} minutes after the picture's first submission`)
    expect(page).toContain(`the picture waits for ${DOWN_PATIENCE_MS / 60_000} minutes`)
  })

  test('names every setting of a provider, and none that is not there', () => {
    const config = readFileSync('src/config.ts', 'utf8')
    const fields = /const ProviderFields = \{([\s\S]*?)\n\}/.exec(config)?.[1] ?? ''
    const known = [...fields.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1])
    expect(known.length).toBeGreaterThan(15)
    const told = tableOf('name').flatMap(([names = '']) => names.split(', '))
    expect(told.sort()).toEqual([...known, 'IMAGE_PROVIDERS'].sort())
  })

  test('has the defaults of the code', () => {
    const config = readFileSync('src/config.ts', 'utf8')
    for (const [name = '', fallback = ''] of tableOf('name')) {
      if (fallback === '' || fallback === 'secret') continue
      const field = new RegExp(`^ +${name}:(?:(?!\\n +[A-Z_]+:)[\\s\\S])*`, 'm').exec(config)?.[0]
      expect(field, name).toContain(`'${fallback}'`)
    }
  })
})
