// How a bench runs the TypeScript sources as they are, and reads its one option.
import { registerHooks } from 'node:module'

// The sources import each other without extensions, as bundlers like it.
registerHooks({
  resolve: (specifier, context, next) =>
    next(/^(\.{1,2}\/)+[^.]+$/.test(specifier) ? `${specifier}.ts` : specifier, context),
})

/** Runs `bench(runs)` with the number of `--runs=N`, or prints `help`; anything else is exit code 2. */
export async function runBench(help, defaultRuns, bench) {
  const args = process.argv.slice(2)
  const unknown = args.find((arg) => arg !== '--help' && !/^--runs=[1-9]\d{0,2}$/.test(arg))
  if (args.includes('--help')) {
    process.stdout.write(help)
  } else if (unknown) {
    process.stderr.write(`unknown option ${unknown}\n${help}`)
    process.exitCode = 2
  } else {
    await bench(Number(args[0]?.slice('--runs='.length) ?? defaultRuns))
  }
}
