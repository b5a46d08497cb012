// The command line of `npm run warm`.
import { parseArgs } from 'node:util'
import { defaultUrl, UsageError } from '../shoot/args.mjs'

const ASPECTS = ['1:1', '4:5', '9:16', '16:9', '2:3']
const maxConcurrency = 16

export const HELP = `Asks a running Lumiku for every control map and large preview of its library, so that nobody waits later.

  npm run warm
  npm run warm -- --url http://127.0.0.1:8787
  npm run warm -- --aspects 1:1,9:16     only maps of these shapes (default: all of ${ASPECTS.join(', ')})
  npm run warm -- --plain                nothing mirrored: half of the work
  npm run warm -- --concurrency 4        requests at once, 1 to ${maxConcurrency}
  npm run warm -- --help                 this text

What was drawn once is kept by the server: after Ctrl-C, start it again and it goes quickly over what is there.
Exit code: 0 all there, 1 something failed, 2 not started, 130 interrupted.
`

/** Reads the command line. Throws UsageError, naming the option and what it takes. */
export function readWarmArgs(argv) {
  const values = readValues(argv)
  const concurrency = /^\d{1,2}$/.test(values.concurrency) ? Number(values.concurrency) : 0
  if (concurrency < 1 || concurrency > maxConcurrency)
    throw new UsageError(`--concurrency takes a whole number from 1 to ${maxConcurrency}, not "${values.concurrency}"`)
  const aspects = values.aspects.split(',').map((aspect) => aspect.trim())
  const unknown = aspects.find((aspect) => !ASPECTS.includes(aspect))
  if (unknown !== undefined) throw new UsageError(`--aspects takes ${ASPECTS.join(', ')}, not "${unknown}"`)
  const url = URL.canParse(values.url) ? new URL(values.url) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url takes an address such as ${defaultUrl}, not "${values.url}"`)
  return {
    help: values.help,
    url: url.origin,
    aspects: [...new Set(aspects)],
    sides: values.plain ? [false] : [false, true],
    concurrency,
  }
}

function readValues(args) {
  try {
    return parseArgs({
      args,
      options: {
        url: { type: 'string', default: defaultUrl },
        aspects: { type: 'string', default: ASPECTS.join(',') },
        plain: { type: 'boolean', default: false },
        concurrency: { type: 'string', default: '4' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (error) {
    throw new UsageError(`${error.message}\nnpm run warm -- --help lists the options.`)
  }
}
