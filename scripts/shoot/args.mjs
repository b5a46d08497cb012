// The command line of `npm run shoot`.
import { parseArgs } from 'node:util'

/** What `npm run shoot -- --help` prints. */
export const help = `npm run shoot -- [options]

Makes pictures of one person in many poses and puts them on disk. Talks to a running Lumiku; starts one when none runs.

What to make
  --poses LIST        pose ids, comma separated, or words to search for ("holding box"); default: featured poses
  --count N           pictures in all, 1..500 (default: one for each named pose, or up to 8 found ones)
  --variations N      pictures of each pose, 1..10 (default 1; raised when there are fewer poses than pictures)
  --prompt TEXT       what to add to the description of each picture
  --background COLOR  plain background, as "#ffffff"
  --width N --height N  size in pixels, multiples of 16
  --seed N            0..4294967295; the same seed makes the same pictures
  --formats LIST      also a ZIP in these sizes, comma separated: shopee_product,instagram_story ... (GET /formats)

Who is in them (one of these; default: the built-in look)
  --preset ID         an avatar made from a preset first (GET /apps/avatar-creator/presets)
  --photo FILE        an avatar made from a photo first: PNG, JPEG or WebP, at most 10 MiB; asks for consent
  --i-have-consent    an adult who is in the photo allowed it; nothing is asked
  --avatar ID|FILE    an avatar that is there (avt_...), or a picture that is used as it is

Where
  --out DIR           folder for the pictures (default: shoots/<time>)
  --url URL           the server (default http://127.0.0.1:8787)
  --email E --password P  whose account (default: the demo login; a new e-mail is registered)

How
  --json              the summary as JSON on stdout, progress on stderr
  --help              this text

Ctrl-C cancels what is not made yet and keeps what is; a second Ctrl-C leaves at once.
Exit code: 0 all made, 1 something failed, 2 not started (options, credits), 130 cancelled.`

/** Address of the server that `npm start` runs. */
export const defaultUrl = 'http://127.0.0.1:8787'

/** Something that the person at the terminal can put right; ends the command with exit code 2. */
export class UsageError extends Error {}

const options = {
  poses: { type: 'string' },
  count: { type: 'string' },
  variations: { type: 'string' },
  avatar: { type: 'string' },
  preset: { type: 'string' },
  photo: { type: 'string' },
  'i-have-consent': { type: 'boolean' },
  prompt: { type: 'string' },
  background: { type: 'string' },
  width: { type: 'string' },
  height: { type: 'string' },
  seed: { type: 'string' },
  formats: { type: 'string' },
  out: { type: 'string' },
  url: { type: 'string' },
  email: { type: 'string' },
  password: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
}

/**
 * Reads the command line. Numbers are checked only for what the terminal can know; ranges that belong to the product
 * (sizes, formats) are the API's to judge. Throws UsageError, naming the option and what it takes.
 */
export function parseShootArgs(argv, env = process.env) {
  const values = readValues(argv)
  const number = (name, min, max) => wholeNumber(name, values[name], min, max)
  if (values.background !== undefined && !/^#[0-9a-f]{6}$/i.test(values.background)) {
    throw new UsageError(`--background takes a colour such as "#ffffff", not "${values.background}"`)
  }
  if ((values.email === undefined) !== (values.password === undefined)) {
    throw new UsageError('--email and --password go together')
  }
  if (['avatar', 'preset', 'photo'].filter((name) => values[name] !== undefined).length > 1) {
    throw new UsageError('--avatar, --preset and --photo each say who it is: give one of them')
  }
  return {
    help: values.help === true,
    json: values.json === true,
    // npm changes to the repository's root; a path means what it meant where npm was called.
    here: (env.npm_lifecycle_event === 'shoot' && env.INIT_CWD) || process.cwd(),
    url: readUrl(values.url ?? defaultUrl),
    urlGiven: values.url !== undefined,
    poses: list(values.poses),
    count: number('count', 1, 500),
    variations: number('variations', 1, 10),
    avatar: values.avatar,
    preset: values.preset,
    photo: values.photo,
    hasConsent: values['i-have-consent'] === true,
    prompt: values.prompt,
    background: values.background,
    width: number('width', 16, 65_536),
    height: number('height', 16, 65_536),
    seed: number('seed', 0, 4_294_967_295),
    formats: list(values.formats),
    out: values.out,
    login: values.email === undefined ? undefined : { email: values.email, password: values.password },
  }
}

function readValues(argv) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(`${error.message}\nnpm run shoot -- --help lists the options.`)
  }
}

function wholeNumber(name, text, min, max) {
  if (text === undefined) return undefined
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`)
  return value
}

function list(text) {
  if (text === undefined) return []
  return text.split(',').flatMap((part) => part.trim() || [])
}

function readUrl(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url takes an address such as ${defaultUrl}, not "${text}"`)
  return url.origin
}
