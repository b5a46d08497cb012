#!/usr/bin/env node
// Compiles the mannequin kernel (AssemblyScript, SIMD) to src/render/mannequin.wasm, which is committed.
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const SOURCE = 'src/render/assembly/mannequin.ts'
const TARGET = join(root, 'src/render/mannequin.wasm')

const HELP = `Usage: node scripts/build-mannequin.mjs [--check]

Builds src/render/mannequin.wasm from ${SOURCE}.
  --check   build in memory and exit 1 if the committed file differs
  --help    this text`

async function compile() {
  const { error, stderr, binary } = await (async () => {
    let output = null
    const result = await asc.main(
      [
        SOURCE,
        ...['--outFile', 'mannequin.wasm', '-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd'],
        ...['--initialMemory', '4', '--maximumMemory', '1024'],
        // v128 never crosses to the host: only these functions are exported from the entry file.
        ...['--disableWarning', '112'],
      ],
      {
        readFile: (name, base) => readFile(join(base ? join(root, base) : root, name), 'utf8').catch(() => null),
        writeFile: (name, contents) => {
          if (name.endsWith('.wasm')) output = contents
        },
        listFiles: () => [],
      },
    )
    return { error: result.error, stderr: result.stderr.toString(), binary: output }
  })()
  if (error || !binary) throw new Error(`asc failed\n${stderr}`)
  return Buffer.from(binary)
}

const args = process.argv.slice(2)
const unknown = args.find((arg) => arg !== '--check' && arg !== '--help')
if (unknown || args.includes('--help')) {
  if (unknown) console.error(`unknown option ${unknown}\n`)
  console.log(HELP)
  process.exit(unknown ? 2 : 0)
}

const built = await compile()
if (args.includes('--check')) {
  const committed = await readFile(TARGET).catch(() => Buffer.alloc(0))
  if (!built.equals(committed)) {
    console.error('src/render/mannequin.wasm is not what its source builds: run node scripts/build-mannequin.mjs')
    process.exit(1)
  }
  console.log(`src/render/mannequin.wasm is fresh (${built.length} bytes)`)
} else {
  await writeFile(TARGET, built)
  console.log(`src/render/mannequin.wasm: ${built.length} bytes`)
}
