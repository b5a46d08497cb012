import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { unstable_readConfig as readConfig, unstable_getVarsForDev as varsOfWrangler } from 'wrangler'
import {
  completeDevVars,
  ensureDevVars,
  hashFiles,
  localConfig,
  lockMatches,
  requiredSecrets,
} from '../../scripts/setup.mjs'

const lock = (packages: Record<string, unknown>) => JSON.stringify({ lockfileVersion: 3, packages })

describe('which packages are installed', () => {
  const wanted = lock({
    '': { name: 'lumiku' },
    'node_modules/hono': { version: '4.13.19', integrity: 'sha512-a' },
    'node_modules/workerd-darwin': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  })

  it('accepts an install that lacks only the packages of other platforms', () => {
    expect(lockMatches(wanted, lock({ 'node_modules/hono': { version: '4.13.19', integrity: 'sha512-a' } }))).toBe(true)
  })

  it('asks for an install when a package is missing, older, or of other contents', () => {
    expect(lockMatches(wanted, lock({}))).toBe(false)
    expect(lockMatches(wanted, lock({ 'node_modules/hono': { version: '4.13.18', integrity: 'sha512-a' } }))).toBe(
      false,
    )
    expect(lockMatches(wanted, lock({ 'node_modules/hono': { version: '4.13.19', integrity: 'sha512-x' } }))).toBe(
      false,
    )
  })
})

describe('local secrets', () => {
  it('are those that wrangler.toml requires', () => {
    const toml = readFileSync('wrangler.toml', 'utf8')
    const required = /\[secrets\]\s*required = (\[[^\]]*\])/.exec(toml)?.[1] ?? '[]'
    expect(requiredSecrets).toEqual(JSON.parse(required))
  })

  it('are added where they are missing and never replaced', () => {
    const kept = 'JWT_SECRET="mine"\n# MEDIA_SIGNING_SECRET=commented\nOTHER=1'
    expect(completeDevVars(kept, () => 'new')).toBe(`${kept}\nENVIRONMENT="development"\nMEDIA_SIGNING_SECRET="new"\n`)
    const whole = completeDevVars('', () => 'new')
    expect(completeDevVars(whole, () => 'newer')).toBe(whole)
  })

  it('count as missing when their line has no value', () => {
    expect(completeDevVars('JWT_SECRET=\nMEDIA_SIGNING_SECRET=x\n', () => 'new')).toContain('JWT_SECRET="new"')
  })
})

describe('a key in .dev.vars', () => {
  const toml = readFileSync('wrangler.toml', 'utf8')
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lumiku-keys-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** What wrangler hands to a local Worker that is configured so, beside these lines of `.dev.vars`. */
  function handedOver(config: string, devVars: string): Record<string, unknown> {
    const path = join(folder, 'wrangler.toml')
    writeFileSync(path, config)
    writeFileSync(join(folder, '.dev.vars'), devVars)
    const { vars, secrets } = readConfig({ config: path }, { hideWarnings: true })
    return varsOfWrangler(path, undefined, vars, undefined, true, secrets)
  }

  it.each(['FAL_KEY', 'HF_TOKEN', 'WAVESPEED_RESULT_HOSTS', 'MIDTRANS_SERVER_KEY', 'IMAGE_PROVIDERS', 'JWT_SECRET'])(
    '%s reaches the local server',
    (name) => {
      expect(handedOver(localConfig(toml), `${name}="mine"\n`)[name]).toMatchObject({ value: 'mine' })
    },
  )

  it('is all that the local configuration changes', () => {
    const missing = toml.split('\n').filter((line) => !localConfig(toml).split('\n').includes(line))
    expect(missing).toEqual(['[secrets]', `required = ${JSON.stringify(requiredSecrets).replace(',', ', ')}`])
  })
})

describe('files of the set-up', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lumiku-setup-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  it('.dev.vars is readable by its owner only, with 32 random bytes a secret', () => {
    const path = join(folder, '.dev.vars')
    ensureDevVars(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const written = readFileSync(path, 'utf8')
    const values = [...written.matchAll(/SECRET="([^"]+)"/g)].map((match) => Buffer.from(match[1] ?? '', 'base64url'))
    expect(values.map((bytes) => bytes.length)).toEqual([32, 32])
    expect(values[0]?.equals(values[1] ?? Buffer.alloc(0))).toBe(false)
    ensureDevVars(path)
    expect(readFileSync(path, 'utf8')).toBe(written)
  })

  it('the hash follows contents and names, not their order', () => {
    mkdirSync(join(folder, 'migrations'))
    writeFileSync(join(folder, 'migrations/0000.sql'), 'create table a')
    writeFileSync(join(folder, 'seed.mjs'), '1')
    const before = hashFiles(['migrations', 'seed.mjs'], folder)
    expect(hashFiles(['seed.mjs', 'migrations', 'absent'], folder)).toBe(before)
    writeFileSync(join(folder, 'migrations/0001.sql'), '')
    const withAnother = hashFiles(['migrations', 'seed.mjs'], folder)
    expect(withAnother).not.toBe(before)
    writeFileSync(join(folder, 'migrations/0001.sql'), 'create table b')
    expect(hashFiles(['migrations', 'seed.mjs'], folder)).not.toBe(withAnother)
  })
})
