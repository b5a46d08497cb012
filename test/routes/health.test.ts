import { describe, expect, test } from 'vitest'
import committed from '../../docs/openapi.json'
import { expectErrors } from '../setup'
import { expectJson, request } from '../support/app'
import { requestIn } from '../support/shoots'
import { document, errorOf } from '../support/walk'

describe('GET /health (showHealth)', () => {
  test('answers without asking anybody', async () => {
    expect(await expectJson(request('//health'), 200)).toEqual({ status: 'ok', environment: 'test' })
  })

  test.each([
    ['//api/v1/health', '//health'],
    ['//health/deep', '//api/v1/health/deep'],
  ])('%s is the same as %s', async (path, same) => {
    expect(await expectJson(request(path), 200)).toEqual(await expectJson(request(same), 200))
  })
})

describe('GET /openapi.json', () => {
  test('is the contract that is committed: npm run openapi writes it anew', async () => {
    const served = await expectJson(request('//openapi.json'), 200)
    expect(served).toEqual(committed)
    expect(served).toEqual(JSON.parse(JSON.stringify(document)))
  })
})

describe('a wrong environment', () => {
  const bearer = { authorization: 'Bearer some.token.here' }
  test.each([
    ['a secret of 31 characters', { JWT_SECRET: 'x'.repeat(31) }, '/credits', 'JWT_SECRET'],
    ['no such environment', { ENVIRONMENT: 'prod' }, '/payments/products', 'ENVIRONMENT'],
    ['negative welcome credits', { WELCOME_CREDITS: '-1' }, '//', 'WELCOME_CREDITS'],
  ])('%s: what needs it is refused, the log says why, the answer does not', async (_, vars, path, name) => {
    const ask = (at: string) => requestIn(vars, at, { headers: bearer })
    const answer = path === '//' ? await ask('/../../') : await ask(path)
    const error = await errorOf(answer)
    expect(error).toMatchObject({ statusCode: 503, code: 'UNAVAILABLE' })
    expect(error).not.toHaveProperty('details')
    expect(answer.headers.get('retry-after')).toBe('60')
    expect((await ask('/prices')).status).toBe(200)
    // Whoever runs the Worker finds the name in its log, without the value.
    const lines = expectErrors().flat().join()
    expect(lines).toContain(`"missing":"${name}"`)
    expect(lines).not.toContain('x'.repeat(31))
  })
})
