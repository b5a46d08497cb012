/**
 * npm run mutate: breaks the core of the money in every way that Stryker knows, one at a time, and runs its tests in
 * plain Node. What no test notices is listed; below 90% it fails. The report is .wrangler/mutation/report.html.
 */
export default {
  mutate: [
    'durable-objects/user/{adjustments,burn-order,entries,ledger,ledger-sums,plan-periods,plans}.ts',
    'durable-objects/user/{purchases,quota,quotes,reversals,statement,verify,verify-rows}.ts',
    'src/kernel/calendar.ts',
  ],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // What neither the core nor its tests import. Without tsconfig.json, which Stryker reads with an API that TypeScript 7
  // does not have.
  ignorePatterns: ['.wrangler', 'bench', 'coverage', 'data', 'dist', 'docs', 'migrations', 'shoots', 'tsconfig.json'],
  tempDirName: '.wrangler/mutation/sandbox',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  htmlReporter: { fileName: '.wrangler/mutation/report.html' },
  jsonReporter: { fileName: '.wrangler/mutation/report.json' },
  clearTextReporter: { allowColor: false, logTests: false, allowEmojis: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 4_000,
  allowConsoleColors: false,
}
