// Imports by whole names: the seed loads this file into Node as it stands.
import { cellsOf, isComparable } from './cells.ts'
import { type ShapePerson, shapeOf } from './shape.ts'

/** A row of `pose_shapes`. */
export type ShapeRow = { ownerId: string; cell: number; poseId: string; person: number; descriptor: Uint8Array }

/**
 * The rows that the index of nearest poses keeps of a pose: one for each person, written in the batch that writes the
 * geometry, after the pose's old rows are deleted. `ownerId` null or '' = the library's. None when a person has too few joints to
 * be compared: the pose is then never found as near.
 */
export function shapeRowsOf(poseId: string, ownerId: string | null, people: readonly ShapePerson[]): ShapeRow[] {
  if (!people.every(isComparable)) return []
  const descriptor = new Uint8Array(shapeOf(people).buffer)
  return cellsOf(people).map((cell, person) => ({ ownerId: ownerId ?? '', cell, poseId, person, descriptor }))
}

/** A shape as `hex(descriptor)` reads it: D1 answers a blob as an array of numbers, which is four times as long. */
export function shapeFromHex(hex: string): Int8Array {
  const shape = new Int8Array(hex.length / 2)
  for (let i = 0; i < shape.length; i++) {
    shape[i] = (nibble(hex.charCodeAt(i * 2)) << 4) | nibble(hex.charCodeAt(i * 2 + 1))
  }
  return shape
}

/** The value of a hexadecimal digit's character code, in either case: a search decodes 700,000 of them. */
const nibble = (code: number): number => (code & 15) + (code >> 6) * 9
