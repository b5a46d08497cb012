// The command line of the proofs: refusals are one line and exit code 1.
import { parseArgs } from 'node:util'

/** Says why and ends the process. */
export function stop(why) {
  console.error(why)
  process.exit(1)
}

/** Values of the options, as parseArgs of Node takes them; anything else stops. */
export function readOptions(options) {
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return stop(`${error.message} (see --help)`)
  }
}

/** The whole number that option `name` has in `values`; stops when it is none from `min` to `max`. */
export function whole(values, name, min, max) {
  const number = Number(values[name])
  if (!Number.isInteger(number) || number < min || number > max)
    stop(`--${name} is a whole number from ${min} to ${max}.`)
  return number
}
