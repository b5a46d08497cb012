// How well the shipped table finds faces.
import { findFace } from '../../src/avatars/portrait/find-face'
import type { Scene } from '../../test/rules/portrait-fixtures'
import { kernel } from './scenes'

/** Pictures of people and hits among them, empty ones and faces seen in them, and CPU of each search. */
export const newTally = () => ({ people: 0, hits: 0, empty: 0, falseFaces: 0, cpuMs: [] as number[] })

/** A hit holds nose and both eyes of somebody. A picture whose edge cuts the only face counts for nothing. */
export function count(tally: ReturnType<typeof newTally>, { pixels, faces, says }: Scene): void {
  const before = process.cpuUsage()
  const box = findFace(kernel, pixels)
  const { user, system } = process.cpuUsage(before)
  tally.cpuMs.push((user + system) / 1000)
  const isOn = (at: number, from: number, size: number): boolean => at >= from && at <= from + size
  const isIn = ([x, y]: [number, number]): boolean =>
    !!box && isOn(x / pixels.width, box.x, box.width) && isOn(y / pixels.height, box.y, box.height)
  if (faces.length > 0) tally.people++
  else if (says.includes('faceless')) tally.empty++
  if (faces.some(({ points }) => points.every(isIn))) tally.hits++
  else if (box && says.includes('faceless')) tally.falseFaces++
}
