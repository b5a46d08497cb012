import type { Picture } from './read-fake.mjs'

export { readFake } from './read-fake.mjs'
export type Asked = {
  width: number
  height: number
  prompt: string
  seed: number
  control?: Uint8Array | null
  references?: Uint8Array[]
}
type Rgba = Picture & { rgba: Uint8Array }
export function drawFake(asked: Asked): Uint8Array<ArrayBuffer>
export function fakePixels(asked: Asked): Rgba
export function blackPicture(width: number, height: number): Uint8Array<ArrayBuffer>
export function toPng(picture: Picture): Uint8Array<ArrayBuffer>
export function readPng(bytes: Uint8Array): Rgba
export function toJpeg(
  rgba: Uint8Array,
  width: number,
  height: number,
  quality?: number,
): Promise<Uint8Array<ArrayBuffer>>
