import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import page from '../../docs/providers.md?raw'
import { configOf, PROVIDER_IDS } from '../../src/config'
import type { ImageProvider } from '../../src/providers/contract'
import { imageProviders } from '../../src/providers/registry'

const hosted = PROVIDER_IDS.filter((id) => id !== 'embedded')
const setUp = (ids: readonly string[]): ImageProvider[] => {
  const vars = { ...env, IMAGE_PROVIDERS: ids.join(',') } as Env
  return imageProviders(configOf(vars), vars)
}

const usd = (microUsd: number): string => (microUsd === 0 ? '0' : (microUsd / 1e6).toFixed(4))

/** A provider as a row of the table. */
function rowOf(provider: ImageProvider): string {
  const { control, maxReferences, minSidePx, maxSidePx } = provider.capabilities
  const { slots = '', perMinute = '', dailyMicroUsd = null } = provider.limits ?? {}
  const price = provider.estimateMicroUsd({ width: 1024, height: 1024, hasReference: maxReferences > 0 })
  const cells = [
    ...[`\`${provider.id}\``, `\`${provider.model.replace(/^mannequin-.*/, 'mannequin-*')}\``, control],
    ...[maxReferences > 0 ? 'yes' : 'no', `${minSidePx}..${maxSidePx}`, slots, perMinute],
    ...[dailyMicroUsd === null ? '' : dailyMicroUsd / 1e6, usd(price)],
  ]
  return `| ${cells.join(' | ')} |`.replaceAll('  ', ' ')
}

test('the page for operators has every provider, with what it takes, its limits and its price', () => {
  const providers = [...setUp(['embedded']), ...setUp(hosted)]
  expect(providers.map(({ id }) => id)).toEqual([...PROVIDER_IDS])
  const [table] = /(?<=\| id \|.*\n\|---.*\n)(\|.*\n)+/.exec(page) ?? []
  expect(table?.trim().split('\n')).toEqual(providers.map(rowOf))
})
