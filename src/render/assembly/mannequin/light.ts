// Light: one warm key with soft shadows, a cool fill, sky and floor bounce dimmed by ambient occlusion, a rim from
// behind, highlights. Writes the finished colour of four surface points, 0..255 and gamma 2, to the SCRATCH colour.
import { sceneDistance } from './distance'
import {
  FILL_COLOUR, FILL_DIRECTION, GROUND_COLOUR, KEY_COLOUR, KEY_DIRECTION, MATERIAL, MATERIAL_SHIFT, MATERIALS, PARAMS,
  RIM_COLOUR, RIM_DIRECTION, SCRATCH, SKY_COLOUR, SLOPE, UP,
} from './layout'
import { LIT, OPEN, occlude } from './occlusion'
import { CREVICE_REACH } from './prune'
import {
  BLUE, COLOUR, FOLDS, GREEN, LOCAL_X, LOCAL_Y, LOCAL_Z, PAINT, PAINT_HAIR, PAINT_PLAIN, POINT_X, POINT_Y, POINT_Z,
  POWER, paintLane, RED, SHEEN, SPECULAR, WARMTH, WRAP,
} from './paint'
import { NORMAL_X, NORMAL_Y, NORMAL_Z, OWNER } from './surface'
import { add, all, at, clamp01, div, dot3, least, mix, most, mul, neg, noise3, root, sub } from './vector'

const GATHER: usize = SCRATCH + 320 // eight v128: specular, power, wrap, folds, warmth, sheen, hair

// @ts-ignore: decorator
@inline function gather(lane: usize, material: usize): void {
  const o = lane << 2
  store<f32>(RED + o, load<f32>(material, COLOUR))
  store<f32>(GREEN + o, load<f32>(material, COLOUR + 4))
  store<f32>(BLUE + o, load<f32>(material, COLOUR + 8))
  store<f32>(GATHER + o, load<f32>(material, SPECULAR))
  store<f32>(GATHER + 16 + o, load<f32>(material, POWER))
  store<f32>(GATHER + 32 + o, load<f32>(material, WRAP))
  store<f32>(GATHER + 48 + o, load<f32>(material, FOLDS))
  store<f32>(GATHER + 64 + o, load<f32>(material, WARMTH))
  store<f32>(GATHER + 80 + o, load<f32>(material, SHEEN))
  store<f32>(GATHER + 96 + o, load<i32>(material, PAINT) == PAINT_HAIR ? 1 : 0)
}

/** Tilts the normal by the folds of cloth: creases that run down and a little across, over soft swells. */
function bend(folds: v128): void {
  const x = v128.load(POINT_X), y = v128.load(POINT_Y), z = v128.load(POINT_Z)
  const drape = noise3(add(mul(x, all(19)), mul(y, all(7))), mul(y, all(5)), mul(z, all(17)))
  const fold = sub(add(drape, drape), all(1))
  // height = 0.0125 (1 - fold^2)^2 + 0.02 swell; slopes by the chain rule
  const steep = mul(mul(sub(all(1), mul(fold, fold)), fold), all(0.1))
  let gx = neg(mul(steep, mul(v128.load(SLOPE), all(19))))
  let gy = neg(mul(steep, add(mul(v128.load(SLOPE), all(7)), mul(v128.load(SLOPE + 16), all(5)))))
  let gz = neg(mul(steep, mul(v128.load(SLOPE + 32), all(17))))
  noise3(add(mul(x, all(11)), all(40)), mul(sub(y, mul(x, all(0.5))), all(9)), mul(z, all(11)))
  const sx = v128.load(SLOPE), sy = v128.load(SLOPE + 16)
  gx = add(gx, mul(sub(mul(sx, all(11)), mul(sy, all(4.5))), all(0.02)))
  gy = add(gy, mul(sy, all(0.18)))
  gz = add(gz, mul(v128.load(SLOPE + 32), all(0.22)))
  const k = folds
  let nx = v128.load(NORMAL_X), ny = v128.load(NORMAL_Y), nz = v128.load(NORMAL_Z)
  const away = dot3(gx, gy, gz, nx, ny, nz)
  nx = sub(nx, mul(k, sub(gx, mul(nx, away))))
  ny = sub(ny, mul(k, sub(gy, mul(ny, away))))
  nz = sub(nz, mul(k, sub(gz, mul(nz, away))))
  const scale = div(all(1), root(dot3(nx, ny, nz, nx, ny, nz)))
  v128.store(NORMAL_X, mul(nx, scale))
  v128.store(NORMAL_Y, mul(ny, scale))
  v128.store(NORMAL_Z, mul(nz, scale))
}

// @ts-ignore: decorator
@inline function diffuse(facing: v128, wrap: v128): v128 {
  return most(div(add(facing, wrap), add(all(1), wrap)), all(0))
}

// @ts-ignore: decorator
@inline function toByte(linear: v128): v128 {
  // Bright ends are rolled off before gamma so that white cloth keeps its form.
  const rolled = div(mul(linear, all(1.16)), add(all(1), mul(linear, all(0.24))))
  return mul(root(least(most(rolled, all(0)), all(1))), all(255))
}

/** Shades the points whose normals and owners `surfaceAt` left in SCRATCH; (vx,vy,vz) points to the camera. */
export function shade(
  list: usize, count: i32, casters: usize, casterCount: i32, px: v128, py: v128, pz: v128, vx: v128, vy: v128, vz: v128, soft: f32,
): void {
  v128.store(POINT_X, px)
  v128.store(POINT_Y, py)
  v128.store(POINT_Z, pz)
  let anyFolds: f32 = 0, hair = false
  for (let lane: usize = 0; lane < 4; lane++) {
    const primitive = <usize>load<u32>(OWNER + (lane << 2))
    if (!primitive) continue
    const material = MATERIALS + (<usize>load<i32>(primitive, MATERIAL) << MATERIAL_SHIFT)
    gather(lane, material)
    const paint = load<i32>(material, PAINT)
    if (paint != PAINT_PLAIN) paintLane(lane, primitive, soft)
    if (paint == PAINT_HAIR) hair = true
    anyFolds += load<f32>(material, FOLDS)
  }
  const geometricX = v128.load(NORMAL_X), geometricY = v128.load(NORMAL_Y), geometricZ = v128.load(NORMAL_Z)
  occlude(casters, casterCount, px, py, pz, geometricX, geometricY, geometricZ)
  if (anyFolds > 0) bend(v128.load(GATHER + 48))
  const nx = v128.load(NORMAL_X), ny = v128.load(NORMAL_Y), nz = v128.load(NORMAL_Z)

  // Close contacts (fingers, folds of the arm, cloth edges) from the distance field itself.
  const reach: f32 = CREVICE_REACH
  const above = sceneDistance(
    list, count, add(px, mul(geometricX, all(reach))), add(py, mul(geometricY, all(reach))), add(pz, mul(geometricZ, all(reach))),
  )
  const crevice = add(all(0.35), mul(clamp01(mul(above, all(1 / reach))), all(0.65)))
  const open = mul(v128.load(OPEN), crevice)
  const lit = mul(v128.load(LIT), add(all(0.4), mul(crevice, all(0.6))))

  let red = v128.load(RED), green = v128.load(GREEN), blue = v128.load(BLUE)
  let gloss = all(1)
  if (hair) {
    const lx = v128.load(LOCAL_X), ly = v128.load(LOCAL_Y), lz = v128.load(LOCAL_Z)
    const strand = noise3(mul(lx, all(330)), mul(ly, all(14)), mul(lz, all(330)))
    const lock = noise3(mul(lx, all(70)), mul(ly, all(7)), mul(lz, all(70)))
    const isHair = v128.load(GATHER + 96)
    const tone = add(all(0.36), add(mul(strand, all(0.6)), mul(lock, all(0.68))))
    const k = mix(all(1), tone, isHair)
    red = mul(red, k)
    green = mul(green, k)
    blue = mul(blue, k)
    gloss = mix(all(1), mul(mul(tone, tone), tone), isHair)
  }

  const P = PARAMS
  const kx = at(P + KEY_DIRECTION), ky = at(P + KEY_DIRECTION + 4), kz = at(P + KEY_DIRECTION + 8)
  const fx = at(P + FILL_DIRECTION), fy = at(P + FILL_DIRECTION + 4), fz = at(P + FILL_DIRECTION + 8)
  const wrap = v128.load(GATHER + 32), warmth = v128.load(GATHER + 64)
  const towardsKey = dot3(nx, ny, nz, kx, ky, kz)
  const fill = diffuse(dot3(nx, ny, nz, fx, fy, fz), all(0.3))
  const height = add(all(0.5), mul(dot3(nx, ny, nz, at(P + UP), at(P + UP + 4), at(P + UP + 8)), all(0.5)))
  // Blood under skin scatters red furthest: the terminator turns warm.
  const keyRed = mul(diffuse(towardsKey, add(wrap, mul(warmth, all(0.32)))), mix(lit, root(lit), mul(warmth, all(0.6))))
  const keyRest = mul(diffuse(towardsKey, wrap), lit)
  const facing = most(dot3(nx, ny, nz, vx, vy, vz), all(0))
  const grazing = sub(all(1), facing)
  const edge = mul(mul(grazing, grazing), grazing)

  const light0 = add(add(mul(at(P + KEY_COLOUR), keyRed), mul(at(P + FILL_COLOUR), mul(fill, open))), mul(mix(at(P + GROUND_COLOUR), at(P + SKY_COLOUR), height), open))
  const light1 = add(add(mul(at(P + KEY_COLOUR + 4), keyRest), mul(at(P + FILL_COLOUR + 4), mul(fill, open))), mul(mix(at(P + GROUND_COLOUR + 4), at(P + SKY_COLOUR + 4), height), open))
  const light2 = add(add(mul(at(P + KEY_COLOUR + 8), keyRest), mul(at(P + FILL_COLOUR + 8), mul(fill, open))), mul(mix(at(P + GROUND_COLOUR + 8), at(P + SKY_COLOUR + 8), height), open))

  // Blinn-Phong highlight, exponent a power of two so that it needs only multiplications.
  const hx = add(kx, vx), hy = add(ky, vy), hz = add(kz, vz)
  let peak = most(div(dot3(nx, ny, nz, hx, hy, hz), root(dot3(hx, hy, hz, hx, hy, hz))), all(0))
  const power = v128.load(GATHER + 16)
  for (let i: f32 = 0; i < 7; i++) peak = v128.bitselect(mul(peak, peak), peak, f32x4.gt(power, all(i)))
  const specular = mul(mul(v128.load(GATHER), gloss), mul(mul(peak, lit), most(towardsKey, all(0))))
  const fresnel = mul(v128.load(GATHER), mul(edge, mul(open, all(0.35))))
  const rimFacing = most(dot3(nx, ny, nz, at(P + RIM_DIRECTION), at(P + RIM_DIRECTION + 4), at(P + RIM_DIRECTION + 8)), all(0))
  const rim = mul(mul(edge, rimFacing), open)
  const sheen = mul(mul(v128.load(GATHER + 80), edge), open)
  const extra = add(specular, fresnel)
  const boost = add(all(1), sheen)
  v128.store(RED, toByte(add(add(mul(mul(red, boost), light0), extra), mul(mul(rim, at(P + RIM_COLOUR)), add(red, all(0.12))))))
  v128.store(GREEN, toByte(add(add(mul(mul(green, boost), light1), extra), mul(mul(rim, at(P + RIM_COLOUR + 4)), add(green, all(0.12))))))
  v128.store(BLUE, toByte(add(add(mul(mul(blue, boost), light2), extra), mul(mul(rim, at(P + RIM_COLOUR + 8)), add(blue, all(0.12))))))
}
