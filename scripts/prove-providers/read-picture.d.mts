type Pixels = { rgba: Uint8Array | Uint8ClampedArray; width: number; height: number }
export function sha256(data: string | Uint8Array): string
export function readPixels(bytes: Buffer): Promise<Pixels>
export function pixelsSha256(pixels: Pixels): string
export function referenceSha256(pixels: Pixels): string
