import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { LOOK_MS } from '../../queues/run-provider'
import { longestTimeouts } from '../../queues/run-task'
import { configOf } from '../../src/config'
import { imageProviders } from '../../src/providers/registry'

const SET_UP = {
  ...{ FAL_KEY: 'key', WAVESPEED_KEY: 'key', CF_ACCOUNT_ID: 'id', CF_API_TOKEN: 'key', HF_TOKEN: 'key' },
  HF_ENDPOINT_URL: 'https://example.test',
}
const LOOKING = [...[{}, { NSFW_MODE: 'classify' }, { POSE_DETECTOR_URL: 'https://example.test' }]]

test.each([
  ...(['fal', 'wavespeed', 'workers-ai', 'huggingface', 'huggingface-endpoint'] as const),
  'fal,workers-ai,huggingface-endpoint',
])('a lease outlives an attempt of %s and the look at its picture, or it would be paid twice', (ids) => {
  for (const looking of LOOKING) {
    const settings = { ...env, ...SET_UP, ...looking, IMAGE_PROVIDERS: ids } as unknown as Env
    const config = configOf(settings)
    const lookMs = Object.keys(looking).length > 0 ? LOOK_MS : 0
    const leases = longestTimeouts({ config, env: settings })
    const providers = imageProviders(config, settings)
    expect(providers).toHaveLength(ids.split(',').length)
    for (const { timeouts, poll } of providers) {
      expect(leases.submitMs).toBeGreaterThan(timeouts.submitMs + (poll ? 0 : lookMs))
      if (poll) expect(leases.pollMs).toBeGreaterThan(timeouts.pollMs + lookMs)
    }
  }
})
