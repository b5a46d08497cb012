import { defineConfig } from 'vitest/config'

/**
 * What a mutant of the money's core has to survive: its tests in plain Node. The model's run is left out, because it
 * takes seconds where these take milliseconds.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/rules/{calendar,ledger-*,quota-*}.test.ts'],
    exclude: ['test/rules/ledger-model.test.ts'],
  },
})
