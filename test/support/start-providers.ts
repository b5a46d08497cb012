import type { TestProject } from 'vitest/node'
import { startProviders } from '../providers/servers/start.mjs'

/** Keys and addresses of an account at every fake provider. */
type ProviderVars = Record<string, string>

declare module 'vitest' {
  interface ProvidedContext {
    /** One account for each runtime. */
    providers: ProviderVars[]
  }
}

/**
 * Starts the fake providers beside the tests, which reach them over loopback as the Worker does. Each runtime has its
 * own, because a test may have a provider fail whoever comes next.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started = await Promise.all(Array.from({ length: project.vitest.config.maxWorkers }, () => startProviders()))
  project.provide('providers', started.map(accountAt))
  return async () => {
    await Promise.all(started.map(({ stop }) => stop()))
  }
}

function accountAt(servers: Awaited<ReturnType<typeof startProviders>>): ProviderVars {
  const { fal, wavespeed, canary, huggingface, classifier, chat, detector, matting, ...others } = servers
  return {
    ...{ FAL_KEY: fal.key, FAL_QUEUE_URL: fal.url, FAL_RUN_URL: fal.url },
    ...{ WAVESPEED_KEY: wavespeed.key, WAVESPEED_URL: wavespeed.url },
    ...{ CF_ACCOUNT_ID: 'account0001', CF_API_TOKEN: others['workers-ai'].key, CF_API_URL: others['workers-ai'].url },
    ...{ HF_TOKEN: huggingface.key, HF_ROUTER_URL: huggingface.url },
    HF_ENDPOINT_URL: others['huggingface-endpoint'].url,
    NSFW_CLASSIFIER_URL: classifier.url,
    ...{ TEST_CHAT_URL: chat.url, TEST_CHAT_KEY: chat.key },
    ...{ TEST_DETECTOR_URL: detector.url, TEST_DETECTOR_KEY: detector.key },
    ...{ TEST_MATTING_URL: matting.url, TEST_MATTING_KEY: matting.key },
    TEST_CANARY_URL: canary.url,
  }
}
