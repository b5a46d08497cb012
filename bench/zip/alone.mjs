// The same archive once more, sent by the Worker's own code alone (worker.mjs): what the platform's stores cost is not in it.
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { unzipSync } from 'fflate'
import { binDir, root } from '../../scripts/child-process.mjs'

/** Unpacks `archive` below `dir` and serves it from there. Answers `{ origin, pid, stop }`. */
export async function startAlone(archive, dir) {
  const files = Object.entries(unzipSync(readFileSync(archive)))
  const disk = join(dir, 'disk')
  mkdirSync(disk)
  const entries = files.map(([name, content]) => ({
    ...{ name, objectKey: name, sizeBytes: content.length, crc32: crc32(content) },
  }))
  for (const [name, content] of files) writeFileSync(join(disk, name), content)
  const manifest = JSON.parse(Buffer.from(files.at(-1)[1]).toString())
  const createdAt = Date.parse(manifest.export.createdAt)
  writeFileSync(join(disk, 'entries.json'), JSON.stringify({ createdAt, entries }))

  const worker = join(dir, 'worker.js')
  const bundle = ['--bundle', '--format=esm', '--external:node:*', `--outfile=${worker}`, '--log-level=warning']
  execFileSync(join(binDir, 'esbuild'), [join(root, 'bench/zip/worker.mjs'), ...bundle])
  const port = await freePort()
  writeFileSync(join(dir, 'config.capnp'), configOf(disk, port))
  const child = spawn(join(binDir, 'workerd'), ['serve', join(dir, 'config.capnp'), '--experimental'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const origin = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 100 && !(await isUp(origin)); tries++) await wait(100)
  return { origin, pid: child.pid, stop: () => child.kill('SIGKILL') }
}

const isUp = (origin) =>
  fetch(origin).then(
    async ({ body }) => {
      await body.cancel()
      return true
    },
    () => false,
  )

const configOf = (disk, port) => `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [(name = "DISK", service = "disk")],
    )),
    (name = "disk", disk = (path = ${JSON.stringify(disk)})),
  ],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
`

function freePort() {
  return new Promise((done, failed) => {
    const server = createServer()
    server.on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => done(port))
    })
  })
}
