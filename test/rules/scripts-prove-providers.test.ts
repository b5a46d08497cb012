import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { counted, failedClaims, newClaims, quantile, table } from '../../scripts/prove-providers/claims.mjs'
import { pixelsSha256, readPixels, referenceSha256, sha256 } from '../../scripts/prove-providers/read-picture.mjs'
import { triesWithoutLine } from '../../scripts/prove-providers/scenarios/dead.mjs'
import { posesAndBatch } from '../../scripts/prove-providers/seller.mjs'
import { RULES } from '../../src/providers/errors'
import { drawFake, fakePixels, readFake, readPng, toJpeg } from '../providers/servers/fake-picture.mjs'

const proof = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, ['scripts/prove-providers.mjs', ...args], (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

describe('the command line', () => {
  test.each([
    ['--quickly', "Unknown option '--quickly'"],
    ['everything', 'There is no scenario everything'],
    ['toString', 'There is no scenario toString'],
    ['mixed --pictures 0', '--pictures is a whole number'],
    ['mixed --pictures 307', '--pictures is a number that poses'],
    ['pictures --provider nobody', '--provider is one of: fal, '],
    ['kill --port 80', '--port is a whole number'],
  ])('%s is refused in words, before anything is started', async (words, says) => {
    const before = existsSync('.wrangler/prove-providers')
    const answer = await proof(...words.split(' '))
    expect(answer).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(says) })
    expect(answer.stderr).not.toMatch(/^ {4}at /m)
    expect(existsSync('.wrangler/prove-providers')).toBe(before)
  })

  test('--help names every scenario and every option', async () => {
    const { code, stdout } = await proof('--help')
    expect(code).toBe(0)
    for (const word of ['pictures', 'mixed', 'dead', 'kill', 'fair'])
      expect(stdout).toMatch(new RegExp(`^  ${word} `, 'm'))
    for (const word of ['pictures', 'provider', 'seed', 'port', 'keep', 'help'])
      expect(stdout).toMatch(new RegExp(`^  --${word}\\b`, 'm'))
  })
})

describe('the verdict', () => {
  test('a claim that does not hold is counted and stands out; a figure alone is no verdict', () => {
    const { rows, claim, note } = newClaims()
    claim('all delivered', '4 of 4', true)
    claim('nothing twice', '1 twice', false)
    note('took', '3 s')
    expect(failedClaims(rows)).toEqual([{ what: 'nothing twice', measured: '1 twice', verdict: 'NOT TRUE' }])
    expect(table([{ name: 'kill', tookMs: 3_400, rows }]).split('\n')).toEqual([
      'kill (3 s)',
      '  true      all delivered  4 of 4',
      '  NOT TRUE  nothing twice  1 twice',
      '            took           3 s',
    ])
  })

  test('what was never measured is not true', () => {
    const { rows, claim } = newClaims()
    claim('all delivered', 'NaN', undefined as unknown as boolean)
    expect(failedClaims(rows)).toHaveLength(1)
  })

  test('the median is a time that was measured', () => {
    expect(quantile([9, 1, 5], 0.5)).toBe(5)
    expect(quantile([4, 1], 0.5)).toBe(1)
    expect(quantile([7], 0.5)).toBe(7)
  })

  test('errors are told once each with their number', () => {
    expect(counted(['TIMEOUT', 'NETWORK', 'TIMEOUT'])).toBe('TIMEOUT 2, NETWORK 1')
    expect(counted([])).toBe('')
  })

  test('a picture without a line is tried as often as the rules say', () => {
    expect(triesWithoutLine).toBe(RULES.NETWORK.maxTries)
  })
})

test.each([
  [1, { poses: 1, batchSize: 1 }],
  [100, { poses: 100, batchSize: 1 }],
  [102, { poses: 51, batchSize: 2 }],
  [500, { poses: 100, batchSize: 5 }],
  [101, null],
])('%i pictures are poses in variations', (pictures, made) => {
  expect(posesAndBatch(pictures)).toEqual(made)
})

describe('pictures as sellers download them', () => {
  const control = drawFake({ prompt: 'map', seed: 1, width: 256, height: 256 })
  const avatar = drawFake({ prompt: 'avatar', seed: 2, width: 256, height: 256 })
  const asked = { prompt: 'holding a box', seed: 4_294_967_295, width: 256, height: 512, control, references: [avatar] }
  const said = {
    ...{ isFake: true, promptSha256: sha256('holding a box'), seed: asked.seed, width: 256, height: 512 },
    ...{ controlSha256: pixelsSha256(readPng(control)), referencesSha256: referenceSha256(readPng(avatar)) },
  }

  test('say what was asked, whether they are PNG or JPEG', async () => {
    const { rgba } = fakePixels(asked)
    const jpeg = Buffer.from(await toJpeg(rgba, 256, 512))
    expect(jpeg.readUInt16BE(0)).toBe(0xffd8)
    expect(readFake(await readPixels(Buffer.from(drawFake(asked))))).toEqual(said)
    expect(readFake(await readPixels(jpeg))).toEqual(said)
  })

  test('that are none are no proof', async () => {
    await expect(readPixels(Buffer.from('<html>welcome</html>'))).rejects.toThrow('not a PNG')
  })
})
