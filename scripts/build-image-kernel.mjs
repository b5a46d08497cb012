#!/usr/bin/env node
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const HELP = `Builds src/render/image.wasm from src/render/assembly/image.ts (AssemblyScript, SIMD, no runtime).

  node scripts/build-image-kernel.mjs           build and write
  node scripts/build-image-kernel.mjs --check   exit 1 when the committed file differs from a fresh build
  node scripts/build-image-kernel.mjs --help    this text
`
const ROOT = fileURLToPath(new URL('..', import.meta.url))
const OUTPUT = new URL('../src/render/image.wasm', import.meta.url)
const OPTIONS = [
  '-O3',
  '--noAssert',
  '--runtime',
  'stub',
  '--enable',
  'simd',
  '--initialMemory',
  '1',
  '--use',
  'abort=',
]

/** Compiles in memory, so that --check never touches the tree. */
async function compile() {
  const written = new Map()
  const { error, stderr } = await asc.main(['src/render/assembly/image.ts', ...OPTIONS, '--outFile', 'image.wasm'], {
    readFile: (name, base) => readFile(`${base}/${name}`, 'utf8').catch(() => null),
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => null,
    baseDir: ROOT,
  })
  const text = stderr.toString()
  if (error || text.includes('WARNING')) throw new Error(`asc: ${error?.message ?? 'warnings'}\n${text}`)
  return written.get('image.wasm')
}

const args = process.argv.slice(2)
const unknown = args.find((arg) => arg !== '--check' && arg !== '--help')
if (args.includes('--help')) {
  process.stdout.write(HELP)
} else if (unknown) {
  process.stderr.write(`unknown option ${unknown}\n${HELP}`)
  process.exitCode = 2
} else {
  const wasm = await compile()
  if (!args.includes('--check')) {
    await writeFile(OUTPUT, wasm)
    process.stdout.write(`src/render/image.wasm: ${wasm.length} bytes\n`)
  } else {
    const committed = await readFile(OUTPUT).catch(() => new Uint8Array(0))
    const fresh = Buffer.compare(committed, wasm) === 0
    process.stdout.write(
      fresh ? 'src/render/image.wasm is fresh\n' : 'src/render/image.wasm is stale: build it again\n',
    )
    if (!fresh) process.exitCode = 1
  }
}
