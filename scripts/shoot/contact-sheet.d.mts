import type { Picture } from './png.mjs'

export function shrink(picture: Picture, size: number): Picture
export function contactSheet(): {
  add(position: number, label: string, bytes: Uint8Array): void
  encode(): Promise<Uint8Array>
}
