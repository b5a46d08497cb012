export type Picture = { rgba: Uint8Array | Uint8ClampedArray; width: number; height: number }
/** What stands in a fake provider's picture. */
export type FakePicture =
  | {
      isFake: true
      promptSha256: string
      seed: number
      width: number
      height: number
      controlSha256: string | null
      referencesSha256: string | null
    }
  | {
      isFake: false
      promptSha256: null
      seed: null
      width: null
      height: null
      controlSha256: null
      referencesSha256: null
    }
export const CELL_PX: number
export const CELL_COUNT: number
export const MARKER: number
export function cellAt(bit: number, width: number): { x: number; y: number }
export function readFake(picture: Picture): FakePicture
