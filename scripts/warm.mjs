#!/usr/bin/env node
// Asks a running server for every control map and large preview of the library, so that nobody waits for a drawing later.
import { UsageError } from './shoot/args.mjs'
import { progressBar } from './shoot/progress.mjs'
import { HELP, readWarmArgs } from './warm/args.mjs'
import { summaryOf, warm } from './warm/run.mjs'

process.exit(await main(process.argv.slice(2)))

async function main(argv) {
  const bar = progressBar(process.stdout)
  try {
    const args = readWarmArgs(argv)
    if (args.help) {
      process.stdout.write(HELP)
      return 0
    }
    const interrupt = new AbortController()
    process.once('SIGINT', () => interrupt.abort()).once('SIGTERM', () => interrupt.abort())
    const result = await warm(args, bar, interrupt.signal)
    bar.end()
    process.stdout.write(`${summaryOf(result)}\n`)
    return result.isInterrupted ? 130 : result.failed > 0 ? 1 : 0
  } catch (error) {
    bar.end()
    console.error(error.message)
    return error instanceof UsageError ? 2 : 1
  }
}
