// Writes docs/openapi.json from the running app: the contract is what the Worker itself says at /openapi.json.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { root, seconds } from './child-process.mjs'
import { isPortTaken, startServer } from './server.mjs'

const help = `npm run openapi [-- --check]

Starts the Worker on a free local port, reads its OpenAPI 3.1 document and writes it to docs/openapi.json. Needs neither
network nor account, and touches no data of this machine's Worker.

  --check    writes nothing; fails when docs/openapi.json is not what the Worker says
  --help     this text`

const options = { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } }
const path = join(root, 'docs', 'openapi.json')
const fetchLimitMs = 10_000
/** Away from the port of `npm start`, so that a running server is neither asked nor disturbed. */
const firstPort = 18_787

async function main(argv) {
  const { values } = parseArgs({ args: argv, options })
  if (values.help) return console.log(help)

  const startedMs = Date.now()
  const document = await readDocument()
  const text = `${JSON.stringify(inOrder(document), null, 2)}\n`
  const said = `${Object.keys(document.paths).length} paths in ${seconds(Date.now() - startedMs)}`
  if (values.check) {
    const known = existsSync(path) ? readFileSync(path, 'utf8') : ''
    if (known === text) return console.log(`docs/openapi.json is up to date (${said})`)
    throw new Error(`docs/openapi.json is not what the Worker says${firstDifference(known, text)}`)
  }
  writeFileSync(path, text)
  console.log(`docs/openapi.json written: ${said}`)
}

/** The document of the Worker in this tree, from a server with an empty store and secrets of the moment. */
async function readDocument() {
  const store = mkdtempSync(join(tmpdir(), 'lumiku-openapi-'))
  const secret = 'only-to-read-the-contract-of-the-worker'
  const vars = ['JWT_SECRET', 'MEDIA_SIGNING_SECRET'].flatMap((name) => ['--var', `${name}:${secret}`])
  let port = firstPort
  while (await isPortTaken(port)) port++
  let server
  try {
    server = await startServer({
      port,
      args: ['--persist-to', store, ...vars],
      // The server has a process group of its own: without this a Ctrl-C would leave it behind.
      onChild: ({ kill }) => {
        process.once('exit', kill)
        for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
      },
    })
    const answer = await fetch(`${server.origin}/openapi.json`, { signal: AbortSignal.timeout(fetchLimitMs) })
    if (!answer.ok) throw new Error(`The Worker answered ${answer.status} to /openapi.json.`)
    return await answer.json()
  } finally {
    await server?.stop()
    rmSync(store, { recursive: true, force: true })
  }
}

/** Paths and schemas by name, so that a line moved in src/api.ts moves nothing here. */
function inOrder({ paths, components, ...head }) {
  const sorted = (map) => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
  return { ...head, paths: sorted(paths), components: { ...components, schemas: sorted(components.schemas) } }
}

function firstDifference(known, text) {
  const before = known.split('\n')
  const after = text.split('\n')
  const at = after.findIndex((line, index) => line !== before[index])
  return ` (line ${at + 1}: ${before[at]?.trim() ?? 'nothing'} -> ${after[at]?.trim() ?? 'nothing'})`
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error.message)
  process.exit(1)
})
