import { describe, expect, test } from 'vitest'
import {
  callbackText,
  type DuitkuScheme,
  inquiryText,
  schemeOf,
  signDuitku,
  statusText,
} from '../../src/payments/gateways/duitku-signature'
import { isSignedByMidtrans, signMidtrans } from '../../src/payments/gateways/midtrans-signature'
import { rupiahOf } from '../../src/payments/gateways/rupiah'

// Worked vectors: made with node:crypto and checked against Duitku's own SDK and public integrations.
const MERCHANT = 'DS10001'
const KEY = 'duitku-test-key-0001'
const WRONG_KEY = 'duitku-test-key-0002'
const ORDER = 'PG-01JC3Z9K7Q4M'
const DUITKU = {
  hmac: {
    valid: '04566df0587843db77faa990258a013664d7ad98c2d6e9eec03e40b85b0524e9',
    of300000: '8cb446eb3aaadc4fc90345d7514f2964de973b34cd28064bec142aa7c9de2df1',
    wrongKey: 'e34d92f428e76cc6c90fd241320fd59e9546d93472d564d34f94113e6089094a',
  },
  md5: {
    valid: 'afe3d2d51a3e2dedd4a00a861cecf65f',
    of300000: 'b52775bdf05ee506a4e2996cb49ee4d9',
    wrongKey: '5f5203d1f3effd5a4701b22bb478dee3',
  },
}
const MIDTRANS_KEY = 'SB-Mid-server-TESTKEY0001'
const MIDTRANS = {
  valid:
    '91a860ed08417b747c9be01e7e05fc1dcb313b743c00e2d5f04ff9867b49d168de82838224e8d5aeb6dc504b4a59c3f2aedbc03a979b61be2ad19b1029903bf2',
  of300000:
    '29081337219834e204865a8f9a6c470a57e2773bc3537c223cfcb7433dc8fa0516c8654e943068f534c6a33258fcf50222ed2959fd19681afbc16fd2472f582c',
  wrongKey:
    '97df216e79444f2e6cf6c07e6b6947f0d40687a0ff5c3ba653826f2ebc35b823b449c4d52e99c193bf62bc6ed5575fb210ad7c7b6e55e6d1822ffd90ecece7da',
}

const callback = (signature: string, amount = '30000') => ({
  merchantCode: MERCHANT,
  amount,
  merchantOrderId: ORDER,
  signature,
})
const notification = (signature_key: string, gross_amount = '30000.00') => ({
  order_id: ORDER,
  status_code: '200',
  gross_amount,
  signature_key,
})
const BOTH: DuitkuScheme[] = ['hmac-sha256', 'md5']

describe('Duitku signatures', () => {
  test.each([
    ['hmac-sha256', '610de011e4e3cabf3527300c277bb086225a60238ac72c97071ff41810f9f312'],
    ['md5', 'ad14903f4603d6ce1dbab9e931480620'],
  ] as const)('an inquiry is signed with %s', (scheme, signature) => {
    expect(signDuitku(scheme, KEY, inquiryText(MERCHANT, ORDER, 30_000))).toBe(signature)
  })

  test.each([
    ['hmac-sha256', '8bf58955d626fb081a55f14ed33434092c2690093350062a25ad603a137a57e9'],
    ['md5', '630820ccbc64f3812734a9b8c2751c62'],
  ] as const)('a status request is signed with %s', (scheme, signature) => {
    expect(signDuitku(scheme, KEY, statusText(MERCHANT, ORDER))).toBe(signature)
  })

  test("the fixture of Duitku's own SDK comes out the same", () => {
    const text = inquiryText('D0001', '12345', 10_000)
    const other = callbackText({ merchantCode: 'D0001', amount: '10000', merchantOrderId: '12345', signature: '' })
    const signatures = [text, other].map((each) => signDuitku('md5', '732B39FC61796845775D2C4FB05332AF', each))
    expect(signatures).toContain('4104f20a70c933113c66c004fe25a9f1')
  })

  test.each([
    ['hmac-sha256', DUITKU.hmac],
    ['md5', DUITKU.md5],
  ] as const)('a callback is known by its %s signature and by nothing else', (scheme, vectors) => {
    expect(schemeOf(callback(vectors.valid), [KEY], BOTH)).toBe(scheme)
    expect(schemeOf(callback(vectors.wrongKey), [KEY], BOTH), 'signed by somebody else').toBeNull()
    expect(schemeOf(callback(vectors.wrongKey), [WRONG_KEY], BOTH), 'the vector is right').toBe(scheme)
    expect(schemeOf(callback(vectors.valid, '300000'), [KEY], BOTH), 'amount raised').toBeNull()
    expect(schemeOf(callback(vectors.of300000), [KEY], BOTH), 'signature of another amount').toBeNull()
    expect(schemeOf(callback(vectors.of300000, '300000'), [KEY], BOTH), 'signed for its amount').toBe(scheme)
  })

  test('an old signature is none where only the new scheme is taken', () => {
    expect(schemeOf(callback(DUITKU.md5.valid), [KEY], ['hmac-sha256'])).toBeNull()
    expect(schemeOf(callback(DUITKU.hmac.valid), [KEY], ['hmac-sha256'])).toBe('hmac-sha256')
  })
})

describe('Midtrans signatures', () => {
  test('a notification is known by its signature and by nothing else', () => {
    expect(signMidtrans(notification(''), MIDTRANS_KEY)).toBe(MIDTRANS.valid)
    expect(isSignedByMidtrans(notification(MIDTRANS.valid), [MIDTRANS_KEY])).toBe(true)
    expect(isSignedByMidtrans(notification(MIDTRANS.wrongKey), [MIDTRANS_KEY]), 'somebody else').toBe(false)
    expect(isSignedByMidtrans(notification(MIDTRANS.wrongKey), ['SB-Mid-server-TESTKEY0002']), 'the vector').toBe(true)
    expect(isSignedByMidtrans(notification(MIDTRANS.valid, '300000.00'), [MIDTRANS_KEY]), 'amount raised').toBe(false)
    expect(isSignedByMidtrans(notification(MIDTRANS.of300000), [MIDTRANS_KEY]), 'another amount').toBe(false)
    expect(isSignedByMidtrans(notification(MIDTRANS.of300000, '300000.00'), [MIDTRANS_KEY])).toBe(true)
  })

  test('the amount counts in the letters it came in', () => {
    expect(isSignedByMidtrans(notification(MIDTRANS.valid, '30000'), [MIDTRANS_KEY])).toBe(false)
  })
})

describe('amounts', () => {
  test.each([
    ['30000', 30_000],
    ['30000.00', 30_000],
    ['0', 0],
    ['0.00', 0],
    ['999999999999999', 999_999_999_999_999],
  ])('%s is %i rupiah', (text, rupiah) => expect(rupiahOf(text)).toBe(rupiah))

  test.each([
    ...['', ' ', '30000.0', '30000.000', '30000.50', '30000,00', '30.000', '3e4', '0x7530', '+30000', '-30000'],
    ...[
      '030000',
      '00',
      ' 30000',
      '30000 ',
      '30000\n',
      '٣٠٠٠٠',
      '１００',
      'NaN',
      'Infinity',
      '9999999999999999',
      '1_000',
    ],
  ])('%j is no amount', (text) => expect(rupiahOf(text)).toBeNull())
})
