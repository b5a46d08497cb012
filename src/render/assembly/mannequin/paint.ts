// Colour of the surface before light: cloth patterns, hair strands, shoes, labels and the face, each painted in the
// local frame of the part so that it moves with the pose. Works on one pixel (lane) at a time.
import { NORMAL_X, NORMAL_Y, NORMAL_Z } from './surface'
import { DATA, FRAME, FRAME_SHIFT, FRAMES, MATERIAL, MATERIAL_SHIFT, MATERIALS, SCRATCH } from './layout'

export const RED: usize = SCRATCH + 144
export const GREEN: usize = SCRATCH + 160
export const BLUE: usize = SCRATCH + 176
export const POINT_X: usize = SCRATCH + 192
export const POINT_Y: usize = SCRATCH + 208
export const POINT_Z: usize = SCRATCH + 224
export const GLOSS: usize = SCRATCH + 240 // multiplies the highlight
export const LOCAL_X: usize = SCRATCH + 256
export const LOCAL_Y: usize = SCRATCH + 272
export const LOCAL_Z: usize = SCRATCH + 288

// Material fields (bytes). Colours are linear light.
export const COLOUR: usize = 0
export const PAINT: usize = 12
export const SPECULAR: usize = 16
export const POWER: usize = 20 // highlight exponent = 2^power
export const WRAP: usize = 24
export const FOLDS: usize = 28
export const SECOND: usize = 32
export const SCALE: usize = 44
export const WARMTH: usize = 48
export const SHEEN: usize = 52
export const MASKED: usize = 56 // 1: part of the mask, 0: scenery
export const THIRD: usize = 60 // index of a material that lends a third colour

export const PAINT_PLAIN = 0
export const PAINT_FACE = 1
export const PAINT_HAIR = 2
export const PAINT_STRIPES = 3
export const PAINT_BATIK = 4
export const PAINT_CHECK = 5
export const PAINT_DOTS = 6
export const PAINT_FLORAL = 7
export const PAINT_SHOE = 8
export const PAINT_WOOD = 9
export const PAINT_LABEL = 10
export const PAINT_SHIRT = 11
export const PAINT_SCREEN = 12

let r: f32 = 0, g: f32 = 0, b: f32 = 0

// @ts-ignore: decorator
@inline function step(edge: f32, x: f32, soft: f32): f32 {
  const t = Mathf.min(Mathf.max((x - edge) / soft + 0.5, 0), 1)
  return t * t * (3 - 2 * t)
}
// @ts-ignore: decorator
@inline function over(cr: f32, cg: f32, cb: f32, a: f32): void {
  r += (cr - r) * a
  g += (cg - g) * a
  b += (cb - b) * a
}
// @ts-ignore: decorator
@inline function overMaterial(colour: usize, a: f32): void {
  over(load<f32>(colour), load<f32>(colour, 4), load<f32>(colour, 8), a)
}
/** Triangle wave 0..1..0 with period 1. */
// @ts-ignore: decorator
@inline function wave(x: f32): f32 {
  const t = x - Mathf.floor(x)
  return t < 0.5 ? t * 2 : 2 - t * 2
}
// @ts-ignore: decorator
@inline function cell(x: f32, y: f32): f32 {
  let h = <u32>(<i32>x) * 0x1b873593 + <u32>(<i32>y) * 0xcc9e2d51
  h = (h ^ (h >> 15)) * 0x85ebca6b
  h ^= h >> 13
  return <f32>(h & 0xffff) * (1.0 / 65535.0)
}

/**
 * A face as an illustrator would draw it: eyes, lashes, brows, lips, cheeks. x to the subject's left, y up, z forward,
 * metres at a body height of 1.70 m; `soft` is the width of a pixel there.
 */
function paintFace(x: f32, y: f32, z: f32, soft: f32, material: usize): void {
  if (z < 0.02) return
  const side: f32 = Mathf.abs(x)
  const made = load<f32>(material, SCALE)
  const skinR = r, skinG = g, skinB = b
  const lip = material + SECOND
  const dark = MATERIALS + (<usize>load<f32>(material, THIRD) << MATERIAL_SHIFT) // brows: hair colour
  const iris = MATERIALS + (<usize>load<f32>(dark, THIRD) << MATERIAL_SHIFT) // of the eyes: ring, and its light

  // cheeks and the warm tip of the nose
  let dx = (side - 0.04) / 0.024, dy = (y + 0.027) / 0.021
  let a = Mathf.max(0, 1 - dx * dx - dy * dy)
  over(r * 1.04, g * 0.8, b * 0.78, a * a * (0.3 + 0.25 * made))
  dx = x / 0.017
  dy = (y + 0.032) / 0.017
  a = Mathf.max(0, 1 - dx * dx - dy * dy)
  if (z > 0.085) over(r * 1.02, g * 0.86, b * 0.84, a * 0.5)
  // shade at the side of the nose and under it
  if (y > -0.046 && y < 0.02) {
    dx = (side - 0.0075) / 0.0034
    dy = (y + 0.0415) / 0.0026
    a = Mathf.max(0, 1 - dx * dx - dy * dy)
    over(skinR * 0.32, skinG * 0.22, skinB * 0.2, a * 0.75)
  }

  // eye socket, then the eye
  const ex: f32 = (side - 0.0317) / 0.0165
  const ey: f32 = y - 0.0055
  dx = ex / 1.55
  dy = (ey - 0.004) / 0.0165
  a = Mathf.max(0, 1 - dx * dx - dy * dy)
  over(skinR * 0.74, skinG * 0.6, skinB * 0.58, a * 0.5)
  if (ex > -1.5 && ex < 1.6 && ey > -0.02 && ey < 0.022) {
    const slant: f32 = ex * 0.0012
    const bow: f32 = 1 - ex * ex
    const upper: f32 = 0.0096 * bow + slant, lower: f32 = -0.0062 * bow + slant
    const open = step(0, upper - ey, soft) * step(0, ey - lower, soft) * step(0, 1 - Mathf.abs(ex), soft * 60)
    if (open > 0) {
      over(0.82, 0.8, 0.79, open)
      const cx: f32 = (side - 0.0312) * (x > 0 ? 1 : -1), cy: f32 = ey - 0.0012
      const d: f32 = Mathf.sqrt(cx * cx + cy * cy)
      const inIris: f32 = step(0, 0.0078 - d, soft) * open
      overMaterial(iris, inIris)
      overMaterial(iris + SECOND, inIris * step(0, 0.0063 - d, soft * 2) * Mathf.max(0, 0.6 - cy * 90) * 0.7)
      over(0.008, 0.006, 0.006, step(0, 0.0036 - d, soft) * open)
      const hx: f32 = cx + 0.0022, hy = cy - 0.0026
      over(1, 1, 1, step(0, 0.0015 - Mathf.sqrt(hx * hx + hy * hy), soft) * open * 0.95)
      over(r * 0.45, g * 0.42, b * 0.42, step(0, ey - upper + 0.0032, 0.004) * open * 0.6) // lid's shadow
    }
    // lashes: thicker outwards, with a small wing where `made` (make-up) is 1
    const lash: f32 = (0.0009 + 0.001 * Mathf.max(0, ex + 0.5) * made) * (0.55 + 0.45 * made)
    const lidLine: f32 = ex < 1 ? upper : slant + (ex - 1) * 0.0042
    a = step(0, lash - Mathf.abs(ey - lidLine - 0.0003), soft) * step(-0.98, ex, 0.14) * step(0, 1 + 0.2 * made - ex, 0.16)
    over(0.018, 0.011, 0.009, a * (0.72 + 0.2 * made))
    a = step(0, 0.0005 - Mathf.abs(ey - lower + 0.0003), soft) * step(0, 0.92 - Mathf.abs(ex), 0.2)
    over(skinR * 0.35, skinG * 0.25, skinB * 0.23, a * 0.6)
    a = step(0, 0.0006 - Mathf.abs(ey - upper - 0.0042), soft * 1.5) * step(0, 0.9 - Mathf.abs(ex), 0.25)
    over(skinR * 0.5, skinG * 0.36, skinB * 0.33, a * 0.5) // crease of the lid
  }

  // brow: an arc that thins outwards
  const bx: f32 = (side - 0.0325) / 0.0205
  if (bx > -1.2 && bx < 1.25) {
    const arc: f32 = 0.0278 - 0.0034 * (bx - 0.2) * (bx - 0.2) - 0.0004 * bx
    const thick: f32 = (0.0033 - 0.0007 * made - 0.001 * bx)
    a = step(0, thick - Mathf.abs(y - arc), soft + 0.0012) * step(0, 1.02 - Mathf.abs(bx), 0.25)
    overMaterial(dark, a * 0.78)
  }

  // beard: cheeks below a line from ear to mouth, moustache, chin; the lips are painted over it
  const beard = load<f32>(dark, SCALE)
  if (beard > 0) {
    const cheek: f32 = -0.0565 + Mathf.max(0, side - 0.026) * 0.95
    a = step(0, cheek - y, 0.012)
    const moustache: f32 = step(0, y + 0.058, 0.006) * step(0, -0.0455 - side * side * 5 - y, 0.005) * step(0, 0.031 - side, 0.006)
    overMaterial(dark, Mathf.max(a, moustache) * beard * 0.88)
  }

  // lips: bow above, fuller below, corners slightly up
  const mx: f32 = side / 0.0255
  if (mx < 1.25 && y > -0.085 && y < -0.045) {
    const my: f32 = y + 0.0638 - 0.0042 * mx * mx
    const taper: f32 = Mathf.max(0, 1 - mx * mx)
    const dip: f32 = Mathf.max(0, 1 - mx * 5) * 0.0013
    const top: f32 = 0.0068 * taper * (1 - 0.3 * mx) - dip + 0.0003, bottom: f32 = -0.0088 * taper * (1 - 0.25 * mx * mx) - 0.0002
    a = step(0, top - my, soft + 0.0006) * step(0, my - bottom, soft + 0.0008)
    over(load<f32>(lip), load<f32>(lip, 4), load<f32>(lip, 8), a * 0.92)
    over(r * 1.25, g * 1.22, b * 1.22, a * step(0, -my - 0.002, 0.002) * Mathf.max(0, 1 - mx * 2.4) * 0.4)
    a = step(0, 0.0007 - Mathf.abs(my - 0.0002), soft + 0.0004) * step(0, 1.06 - mx, 0.12)
    over(skinR * 0.16, skinG * 0.06, skinB * 0.055, a * 0.85)
    a = Mathf.max(0, 1 - Mathf.abs(my + 0.0125) / 0.004) * Mathf.max(0, 1 - mx * 1.6)
    over(skinR * 0.72, skinG * 0.62, skinB * 0.6, a * 0.4)
  }
}

/** Kawung-like lattice: four ovals meeting at every knot, a dot between, on a dark ground. */
function paintBatik(u: f32, v: f32, second: usize, soft: f32): void {
  const fu: f32 = u - Mathf.floor(u) - 0.5, fv = v - Mathf.floor(v) - 0.5
  const p: f32 = fu + fv, q = fu - fv
  const p1 = Mathf.abs(p) - 0.5, q1 = Mathf.abs(q) - 0.5
  const petalA: f32 = 1 - (p1 * p1) / 0.13 - (q * q) / 0.022, petalB: f32 = 1 - (q1 * q1) / 0.13 - (p * p) / 0.022
  const petal = Mathf.max(petalA, petalB)
  overMaterial(second, step(0, petal, soft * 6))
  over(r * 0.4, g * 0.35, b * 0.3, step(0.45, petal, soft * 6) * 0.85)
  const d: f32 = fu * fu + fv * fv
  overMaterial(second, step(0, 0.006 - d, soft * 0.5) * 0.9)
}

function paintFloral(u: f32, v: f32, second: usize, third: usize, soft: f32): void {
  for (let j = -1; j <= 1; j++) {
    for (let i = -1; i <= 1; i++) {
      const cu = Mathf.floor(u) + <f32>i, cv = Mathf.floor(v) + <f32>j
      const h = cell(cu + 512, cv + 512), k = cell(cv + 911, cu + 377)
      const x = u - cu - 0.2 - 0.6 * h, y = v - cv - 0.2 - 0.6 * k
      const d: f32 = x * x + y * y
      if (d > 0.16) continue
      const size: f32 = 0.16 + 0.14 * h
      // Five petals without trigonometry: the real part of (x + iy)^5 over its length.
      const re = x * (x * x * x * x - 10 * x * x * y * y + 5 * y * y * y * y)
      const length = Mathf.sqrt(d) + 1e-6
      const edge = size * (0.78 + 0.3 * (re / (d * d * length + 1e-9)))
      overMaterial(h > 0.5 ? second : third, step(0, edge - length, soft))
      over(0.75, 0.55, 0.12, step(0, 0.05 - length, soft))
    }
  }
}

/** Paints lane `lane` of the SCRATCH colour. `soft` is the size of a pixel at the surface, metres. */
export function paintLane(lane: usize, primitive: usize, soft: f32): void {
  const material = MATERIALS + (<usize>load<i32>(primitive, MATERIAL) << MATERIAL_SHIFT)
  const paint = load<i32>(material, PAINT)
  const frame = FRAMES + (<usize>load<i32>(primitive, FRAME) << FRAME_SHIFT)
  const o = lane << 2
  r = load<f32>(RED + o)
  g = load<f32>(GREEN + o)
  b = load<f32>(BLUE + o)
  const px = load<f32>(POINT_X + o) - load<f32>(frame)
  const py = load<f32>(POINT_Y + o) - load<f32>(frame, 4)
  const pz = load<f32>(POINT_Z + o) - load<f32>(frame, 8)
  const x = px * load<f32>(frame, 12) + py * load<f32>(frame, 16) + pz * load<f32>(frame, 20)
  const y = px * load<f32>(frame, 24) + py * load<f32>(frame, 28) + pz * load<f32>(frame, 32)
  const z = px * load<f32>(frame, 36) + py * load<f32>(frame, 40) + pz * load<f32>(frame, 44)
  store<f32>(LOCAL_X + o, x)
  store<f32>(LOCAL_Y + o, y)
  store<f32>(LOCAL_Z + o, z)
  if (paint == PAINT_PLAIN) return
  const second = material + SECOND
  const scale = load<f32>(material, SCALE)
  // Cloth is printed from the front and from the sides, whichever the surface faces: no smears along the edges.
  const nx = load<f32>(NORMAL_X + o), ny = load<f32>(NORMAL_Y + o), nz = load<f32>(NORMAL_Z + o)
  const side = Mathf.abs(nx * load<f32>(frame, 12) + ny * load<f32>(frame, 16) + nz * load<f32>(frame, 20))
  const front = Mathf.abs(nx * load<f32>(frame, 36) + ny * load<f32>(frame, 40) + nz * load<f32>(frame, 44))
  const across: f32 = front >= side ? x : z
  if (paint == PAINT_FACE) paintFace(x, y, z, soft * 1.2, material)
  else if (paint == PAINT_STRIPES) overMaterial(second, step(0.5, wave(y * scale), soft * scale * 2 + 0.02))
  else if (paint == PAINT_BATIK) paintBatik(across * scale, y * scale, second, soft * scale)
  else if (paint == PAINT_CHECK) {
    const warp = step(0.55, wave(across * scale), soft * scale * 2 + 0.02)
    const down = step(0.55, wave(y * scale), soft * scale * 2 + 0.02)
    overMaterial(second, (warp + down) * 0.42)
  } else if (paint == PAINT_DOTS) {
    const row = Mathf.floor(y * scale)
    const u = across * scale + row * 0.5
    const fu: f32 = u - Mathf.floor(u) - 0.5, fv = y * scale - row - 0.5
    overMaterial(second, step(0, 0.24 - Mathf.sqrt(fu * fu + fv * fv), soft * scale))
  } else if (paint == PAINT_FLORAL) {
    const third = MATERIALS + (<usize>load<f32>(material, THIRD) << MATERIAL_SHIFT)
    paintFloral(across * scale, y * scale, second, third, soft * scale)
  } else if (paint == PAINT_SHOE) overMaterial(second, step(0, scale - y, soft + 0.0015))
  else if (paint == PAINT_WOOD) {
    const d: f32 = load<f32>(primitive, DATA)
    const grain = wave((x * 0.35 + y * 3 + z * 11) * 2.1 + d * 3 + wave(x * 3.1) * 0.22)
    over(r * 0.72, g * 0.66, b * 0.6, grain * 0.55)
  } else if (paint == PAINT_LABEL) {
    const band = step(0, scale - Mathf.abs(y), soft)
    overMaterial(second, band)
    over(r * 0.35, g * 0.35, b * 0.35, band * step(0, scale * 0.1 - Mathf.abs(y - scale * 0.3), soft) * step(0, scale * 0.55 - Mathf.abs(x), soft) * 0.8)
    over(r * 0.55, g * 0.55, b * 0.55, band * step(0, scale * 0.05 - Mathf.abs(y + scale * 0.12), soft) * step(0, scale * 0.4 - Mathf.abs(x), soft) * 0.8)
  } else if (paint == PAINT_SHIRT) {
    // button line and collar shade down the front
    if (z > 0) {
      over(r * 0.6, g * 0.6, b * 0.6, step(0, 0.0012 - Mathf.abs(x - 0.014), soft) * 0.5)
      const fy = y * 11 - Mathf.floor(y * 11) - 0.5
      const d: f32 = Mathf.sqrt(x * x + fy * fy * 0.00826)
      over(r * 0.4 + 0.25, g * 0.4 + 0.25, b * 0.4 + 0.25, step(0, 0.0052 - d, soft) * 0.9)
    }
  } else if (paint == PAINT_SCREEN) {
    if (z > 0) {
      const inX = step(0, load<f32>(material, SHEEN) - Mathf.abs(x), soft), inY = step(0, scale - Mathf.abs(y), soft)
      const glow: f32 = 0.75 + y / scale * 0.25
      const second2 = material + SECOND
      over(load<f32>(second2) * glow, load<f32>(second2, 4) * glow, load<f32>(second2, 8) * glow, inX * inY)
      over(1, 1, 1, inX * inY * step(0, scale * 0.16 - Mathf.abs(y - scale * 0.35), soft) * step(0, load<f32>(material, SHEEN) * 0.7 - Mathf.abs(x), soft) * 0.6)
    }
  }
  store<f32>(RED + o, r)
  store<f32>(GREEN + o, g)
  store<f32>(BLUE + o, b)
}
