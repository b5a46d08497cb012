// One thread that makes its share of the poses, a pack each time it is asked.
import { parentPort, workerData } from 'node:worker_threads'
import { manyPoses } from './poses.mjs'

const PACK_POSES = 250

const { count, first, step } = workerData
const poses = manyPoses(count, first, step)
let next = packOf()

parentPort.on('message', () => {
  parentPort.postMessage(next)
  // Made while the other side writes the last one.
  next = packOf()
})

function packOf() {
  const pack = []
  while (pack.length < PACK_POSES) {
    const { value, done } = poses.next()
    if (done) break
    pack.push(value)
  }
  return pack
}
