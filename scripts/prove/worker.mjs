// One thread of the bench: lives that are given to it, one after the other.
import { parentPort } from 'node:worker_threads'
import './sources.mjs'

const { commandsOf, live, shrink } = await import('./life.ts')
const { written } = await import('./commands.ts')
const { seedOfLife } = await import('./random.ts')

parentPort.on('message', ({ seed, user, ops }) => {
  const { failure, ...life } = live(commandsOf(seedOfLife(seed, user), ops))
  parentPort.postMessage({ user, ...life, failure: failure && told(failure) })
})

function told({ message, commands }) {
  const shrunk = shrink(commands)
  return {
    message,
    op: commands.length,
    last: commands.slice(-8).map(written),
    shrunk: shrunk && { message: shrunk.message, commands: shrunk.commands.map(written) },
  }
}
