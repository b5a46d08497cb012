export type Picture = { width: number; height: number; channels: 3 | 4; pixels: Uint8Array }
export function decodePng(bytes: Uint8Array): Picture
export function encodePng(picture: Picture): Uint8Array
