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
  test.each([
    ['a secret of 31 characters', { JWT_SECRET: 'x'.repeat(31) }],
    ['no such environment', { ENVIRONMENT: 'prod' }],
    ['a provider that we do not have', { IMAGE_PROVIDERS: 'dall-e' }],
    ['simulated failures in production', { ENVIRONMENT: 'production', EMBEDDED_FAIL_RATE: '0.5' }],
    ['negative welcome credits', { WELCOME_CREDITS: '-1' }],
  ])('%s: nothing is served, the log says why, the answer does not', async (_, vars) => {
    const answer = await requestIn(vars, '/prices')
    const error = await errorOf(answer)
    expect(error).toMatchObject({ statusCode: 500, code: 'INTERNAL' })
    expect(error).not.toHaveProperty('details')
    expect(error.requestId).toBe(answer.headers.get('x-request-id'))
    // Whoever runs the Worker finds the reason in its log, under that id, without the value.
    const [line] = expectErrors().flat()
    expect(line).toContain(error.requestId)
    expect(line).toContain('request_failed')
    expect(line).not.toContain('x'.repeat(31))
  })
})
