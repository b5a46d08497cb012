// Where things lie in linear memory. The host (src/render/mannequin/kernel.ts) writes the tables with the same numbers;
// a test renders through both, so they cannot drift apart unnoticed.

export const PARAMS: usize = 0x400
export const FRAMES: usize = 0x800 // 64 local frames x 16 floats: origin, x axis, y axis, z axis, 1/scale
export const MATERIALS: usize = 0x1800 // 128 materials x 16 floats
export const CAPSULES: usize = 0x3800 // 192 shadow casters x 16 floats
export const SCRATCH: usize = 0x7000 // values of the four pixels being shaded
export const NEAR_LIST: usize = 0x7400 // primitives near the ball of `focus`: up to 256 numbers (u16)
export const CASTER_LIST: usize = 0x7800 // shadow casters near it: up to 192 numbers (u16)
export const SLOPE: usize = 0x7ad0 // gradient of the last `noise3`, three v128
export const EVERY_CASTER: usize = 0x7b00 // all shadow casters, in order
export const PRIMITIVES: usize = 0x8000 // 1024 primitives x 32 floats
export const BOUNDS: usize = 0x28000 // 1024 screen bounds x 8 floats
export const BUFFERS: usize = 0x30000 // everything sized by the picture

export const PRIMITIVE_SHIFT: usize = 7
export const MATERIAL_SHIFT: usize = 6
export const FRAME_SHIFT: usize = 6

// Parameters: byte offsets from PARAMS.
export const WIDTH: usize = 0
export const HEIGHT: usize = 4
export const FOCAL: usize = 8
export const CENTRE_X: usize = 12
export const CENTRE_Y: usize = 16
export const PRIMITIVE_COUNT: usize = 20
export const CAPSULE_COUNT: usize = 24 // all of them shade the floor
export const BODY_CAPSULE_COUNT: usize = 60 // the first so many also shade people and things
export const BACKDROP_MODE: usize = 28 // 0: rows of colour, 1: picture already in the pixel buffer
export const KEY_DIRECTION: usize = 32
export const FLOOR_OFFSET: usize = 44 // up . p of the floor plane
export const FILL_DIRECTION: usize = 48
export const SHADOW_DEPTH: usize = 76 // 0..1, darkness of the floor shadow
export const UP: usize = 64
export const RIM_DIRECTION: usize = 80
export const KEY_COLOUR: usize = 96
export const FILL_COLOUR: usize = 112
export const SKY_COLOUR: usize = 128
export const GROUND_COLOUR: usize = 144
export const RIM_COLOUR: usize = 160
export const GLOW: usize = 176 // x, y (0..1), 1/rx, 1/ry, strength, vignette

// Primitive fields: byte offsets.
export const KIND: usize = 0
export const FLAGS: usize = 4
export const GROUP: usize = 8
export const MATERIAL: usize = 12
export const BLEND: usize = 16
export const BLEND_INVERSE: usize = 20
export const FRAME: usize = 24
export const DATA: usize = 28
export const PLANE: usize = 108 // nx, ny, nz, offset

export const KIND_CONE = 0
export const KIND_ELLIPSOID = 1
export const KIND_BOX = 2
export const FLAG_CARVE = 1
export const FLAG_CAP_START = 2
export const FLAG_CAP_END = 4
export const FLAG_PLANE = 8
export const FLAG_FLAT = 16

// Picture buffers, set by `allocate`.
export let width: i32 = 0
export let height: i32 = 0
export let tileSize: i32 = 16
export let tilesX: i32 = 0
export let tilesY: i32 = 0
export let rowsAt: usize = 0 // backdrop colour per row, 4 floats
export let pixelsAt: usize = 0 // finished picture, RGBA
export let figureAt: usize = 0 // figure before compositing, RGBA, alpha = coverage
export let maskAt: usize = 0
export let depthAt: usize = 0
export let groupsAt: usize = 0 // group number of the primitive seen, one byte per pixel
export let shadeAt: usize = 0 // floor shadow, one float per 4x4 pixels
export let shadeWidth: i32 = 0
export let shadeHeight: i32 = 0
export let countsAt: usize = 0
export let startsAt: usize = 0
export let rangesAt: usize = 0 // nearest and farthest distance per tile
export let listsAt: usize = 0

// @ts-ignore: decorator
@inline function aligned(address: usize): usize { return (address + 15) & ~(<usize>15) }

/** Lays out the buffers for a picture and grows memory to hold them. Returns the address of the finished pixels. */
export function allocate(w: i32, h: i32): usize {
  width = w
  height = h
  tileSize = w * h >= 800 * 800 ? 16 : 8
  tilesX = (w + tileSize - 1) / tileSize
  tilesY = (h + tileSize - 1) / tileSize
  shadeWidth = ((w + 3) / 4 + 5) & ~3
  shadeHeight = (h + 3) / 4 + 2
  const pixels = <usize>(w * h)
  const tiles = <usize>(tilesX * tilesY)
  rowsAt = BUFFERS
  pixelsAt = aligned(rowsAt + <usize>h * 16)
  figureAt = aligned(pixelsAt + pixels * 4)
  maskAt = aligned(figureAt + pixels * 4)
  groupsAt = aligned(maskAt + pixels + 16)
  depthAt = aligned(groupsAt + pixels + 16)
  shadeAt = aligned(depthAt + pixels * 4 + 16)
  countsAt = aligned(shadeAt + <usize>(shadeWidth * shadeHeight) * 4 + 64)
  startsAt = countsAt + tiles * 4
  rangesAt = aligned(startsAt + tiles * 4 + 4)
  listsAt = aligned(rangesAt + tiles * 8)
  reserve(listsAt)
  return pixelsAt
}

export function reserve(end: usize): void {
  const pages = <i32>((end + 0xffff) >> 16)
  const missing = pages - memory.size()
  if (missing > 0) memory.grow(missing)
}
