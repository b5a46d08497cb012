#!/usr/bin/env node
// Chooses the cells of the index of nearest poses from data/poses and writes src/poses/shape/cell-centers.ts, which is
// committed. Run it only to change the cells: every row of pose_shapes must then be written anew.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { BODY_BYTES, poseDistance, shapeOf } from '../src/poses/shape/shape.ts'

const CELLS = 512
/** Rounds of k-medoids; the sum of the distances stops falling after a few. */
const ROUNDS = 10
const TARGET = fileURLToPath(new URL('../src/poses/shape/cell-centers.ts', import.meta.url))

const HELP = `Usage: node scripts/shape-cells.mjs [--check]

Writes src/poses/shape/cell-centers.ts: ${CELLS} people of the library that stand for all others.
  --check   choose in memory and exit 1 if the committed file differs
  --help    this text`

/** Each person of the library as a shape of its own, hands left out. */
function readShapes() {
  const { poses } = JSON.parse(readFileSync(new URL('../data/poses/poses.json', import.meta.url), 'utf8'))
  const bodies = poses.flatMap(({ people }) =>
    people.map(({ keypoints2d }) => ({ keypoints2d, handLeft2d: null, handRight2d: null })),
  )
  return bodies.map((body) => shapeOf([body]))
}

/** Places of the medoids: farthest-point sampling, then k-medoids. No lot is drawn: the same data gives the same cells. */
function chooseMedoids(shapes) {
  const distances = shapes.map((a) => Float64Array.from(shapes, (b) => poseDistance(a, b).distance))
  const chosen = [0]
  const toNearest = shapes.map((_, i) => distances[i][0])
  while (chosen.length < CELLS) {
    const farthest = toNearest.indexOf(Math.max(...toNearest))
    chosen.push(farthest)
    for (const i of shapes.keys()) toNearest[i] = Math.min(toNearest[i], distances[i][farthest])
  }
  for (let round = 0; round < ROUNDS; round++) {
    const members = chosen.map(() => [])
    for (const i of shapes.keys()) members[indexOfLeast(chosen, (medoid) => distances[i][medoid])].push(i)
    for (const [cell, own] of members.entries()) {
      if (own.length === 0) continue
      chosen[cell] = own[indexOfLeast(own, (middle) => own.reduce((sum, i) => sum + distances[i][middle], 0))]
    }
  }
  return chosen.sort((a, b) => a - b)
}

function indexOfLeast(values, measure) {
  const measures = values.map(measure)
  return measures.indexOf(Math.min(...measures))
}

function moduleText() {
  const shapes = readShapes()
  const bytes = Buffer.concat(chooseMedoids(shapes).map((i) => Buffer.from(shapes[i].buffer, 0, BODY_BYTES)))
  return `// Written by scripts/shape-cells.mjs. Imports nothing: the seed loads it into Node as it stands.

/** ${CELLS} people of the library, ${BODY_BYTES} bytes each as in shape.ts without hands, in base64. */
export const CELL_CENTERS =
  '${bytes.toString('base64')}'
`
}

const [option] = process.argv.slice(2)
if (option === '--help') console.log(HELP)
else if (option === '--check') {
  if (readFileSync(TARGET, 'utf8') !== moduleText()) {
    console.error('src/poses/shape/cell-centers.ts is not what data/poses gives: node scripts/shape-cells.mjs')
    process.exit(1)
  }
} else writeFileSync(TARGET, moduleText())
