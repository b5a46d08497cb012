import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, test } from 'vitest'
import type { PosePerson } from '../../src/db/tables/poses'
import { poseMatch } from '../../src/poses/pose-match'
import { detectPose } from '../../src/providers/detect-pose'
import { placePoint } from '../../src/render/control-map'
import { codeOf, configWith, controlOf, errorOf, providerCall, specOf } from '../support/providers'
import { png } from '../support/uploads'

declare global {
  namespace Cloudflare {
    interface Env {
      TEST_DETECTOR_URL: string
      TEST_DETECTOR_KEY: string
    }
  }
}

const detector = controlOf(env.TEST_DETECTOR_URL)
const configured = (vars: Record<string, string> = {}) =>
  configWith({ POSE_DETECTOR_URL: env.TEST_DETECTOR_URL, POSE_DETECTOR_TOKEN: env.TEST_DETECTOR_KEY, ...vars })
const picture = { bytes: new Uint8Array(png), mime: 'image/png' }
const detect = (call = providerCall(), config = configured()) => detectPose(config, call, picture)

beforeEach(() => detector.reset())

describe('who is in a picture', () => {
  test('nobody looks when no detector is configured, and nothing is sent', async () => {
    const call = providerCall()
    expect(await detect(call, configWith())).toBeNull()
    expect(call.seen).toEqual([])
  })

  test('the picture goes there as it is, and the joints come back in its pixels, COCO-18 order', async () => {
    const found = await detect()
    expect(found).toHaveLength(1)
    expect(found![0]!.slice(0, 6)).toEqual([10, 200, 0.9, 11, 202, 0.9])
    expect(found![0]).toHaveLength(54)
    const { jobs } = await detector.stats()
    expect(jobs).toEqual([{ type: 'image/png', bytes: png.length }])
  })

  test('nobody is an answer, and a poor match', async () => {
    await detector.breakNext('nobody')
    const found = await detect()
    expect(found).toEqual([])
    const { control, ...size } = await specOf()
    expect(poseMatch(control.pose.people, found!, size)).toBe(0)
  })

  test('a person found where the pose is asked for is a match', async () => {
    const { control, width, height } = await specOf()
    const [person] = control.pose.people as [PosePerson]
    const joints = Array.from({ length: 18 }, (_, i) => {
      const { x, y } = placePoint(person.keypoints2d[i * 3]!, person.keypoints2d[i * 3 + 1]!, width, height)
      return [x, y, 1]
    })
    const seen = { ...providerCall(), fetch: async () => Response.json({ people: [{ keypoints: joints }] }) }
    expect(poseMatch([person], (await detectPose(configured(), seen, picture))!, { width, height })).toBe(1)
  })
})

describe('a detector that answers something else', () => {
  test.each(['coco-17', 'crowd', 'sure-of-more', 'flat', 'strange', 'page', 'empty'])('%s', async (fault) => {
    await detector.breakNext(fault)
    expect(await codeOf(detect())).toBe('BAD_OUTPUT')
  })

  test.each([
    ['500', 'UPSTREAM_5XX'],
    ['429-retry-after', 'RATE_LIMITED'],
    ['reset', 'NETWORK'],
  ])('%s is told as what it is', async (fault, code) => {
    await detector.breakNext(fault)
    expect(await codeOf(detect(), [env.TEST_DETECTOR_KEY])).toBe(code)
  })

  test('a wrong token is told, without the token', async () => {
    const config = configured({ POSE_DETECTOR_TOKEN: 'not-the-token-0001' })
    const error = await errorOf(detect(providerCall(), config), ['not-the-token-0001'])
    expect(error.code).toBe('AUTH')
  })

  test('silence ends with the attempt', async () => {
    await detector.breakNext('hang')
    expect(await codeOf(detect(providerCall({ signal: AbortSignal.timeout(200) })))).toBe('TIMEOUT')
  })
})
