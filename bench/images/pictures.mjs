// Three test pictures of 1024x1024, made by arithmetic: the same on every machine, and nobody's photograph. `fashion` is a
// figure in a patterned dress before lights out of focus, `product` a dense textile (harder than what models draw), `soft`
// an object in a studio. Texture falls with frequency and grain is correlated, as in pictures from a camera.

export const SIDE = 1024

/** name -> straight RGBA, opaque. */
export const PICTURES = { fashion, product, soft }

/** Pictures are drawn as [r, g, b] of 0..1 per pixel; `grain` is the standard deviation in levels of 255. */
function draw(seed, grain, colorAt) {
  const rgba = new Uint8Array(SIDE * SIDE * 4)
  const texture = fractalNoise(seed, 2)
  const coarse = grainField(seed + 1)
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const at = y * SIDE + x
      const color = colorAt(x / SIDE, y / SIDE, texture[at])
      for (let channel = 0; channel < 3; channel++) {
        const noise = coarse[at] * 0.8 + coarse[(at + 7919 * (channel + 1)) % coarse.length] * 0.6
        rgba[at * 4 + channel] = Math.min(255, Math.max(0, color[channel] * 255 + noise * grain))
      }
      rgba[at * 4 + 3] = 255
    }
  }
  return rgba
}

function fashion() {
  const random = generator(11)
  const lights = Array.from({ length: 26 }, () => {
    const warm = random()
    return {
      x: random(),
      y: random() * 0.7,
      r: 0.02 + random() * 0.06,
      color: [1, 0.75 + warm * 0.2, 0.45 + warm * 0.4],
    }
  })
  const strands = Array.from({ length: 60 }, () => [random() * 0.16 - 0.08, random() * 8, 0.004 + random() * 0.012])
  return draw(1, 1.6, (x, y, texture) => {
    let color = mix([0.2, 0.17, 0.2], [0.46, 0.38, 0.33], y + texture * 0.12)
    for (const light of lights) {
      const edge = smooth(light.r, light.r * 0.86, Math.hypot(x - light.x, y - light.y))
      color = mix(color, light.color, edge * 0.4)
    }
    const [px, body] = [x - 0.36, 0.075 + 0.05 * Math.sin(Math.max(0, y - 0.3) * 5.2)]
    if (y > 0.33) color = mix(color, batik(x, y, texture, px / 0.2), smooth(body + 0.055, body + 0.05, Math.abs(px)))
    const neck = smooth(0.035, 0.03, Math.abs(px)) * smooth(0.26, 0.27, y) * smooth(0.36, 0.35, y)
    color = mix(color, skin(px, texture), neck)
    const behind = smooth(0.115, 0.108, Math.hypot(px, (y - 0.21) * 0.62)) * smooth(0.42, 0.4, y)
    let hair = 0.1 + texture * 0.05
    for (const [offset, phase, width] of behind > 0 ? strands : []) {
      const away = Math.abs(px - offset - 0.012 * Math.sin(y * 22 + phase))
      hair += 0.1 * smooth(0.0022, 0, away) * smooth(0, 0.004, width)
    }
    color = mix(color, [hair, hair * 0.7, hair * 0.5], behind)
    const face = smooth(0.069, 0.066, Math.hypot(px, (y - 0.215) * 0.75))
    color = mix(color, features(px, y, skin(px, texture)), face)
    return mix(color, [0.95, 0.94, 0.9], lettering((x - 0.62) * 34, (y - 0.85) * 34))
  })
}

const skin = (across, texture) => mix([0.78, 0.56, 0.43], [0.5, 0.32, 0.24], 0.5 + across * 6 + texture * 0.1)

function features(px, y, color) {
  const eye = smooth(0.011, 0.009, Math.hypot(Math.abs(px) - 0.028, (y - 0.205) * 1.8))
  const mouth = smooth(0.02, 0.018, Math.hypot(px, (y - 0.256) * 3.4))
  return mix(mix(color, [0.12, 0.08, 0.07], eye), [0.66, 0.25, 0.26], mouth)
}

/** Kawung-like ovals in two browns on cream, with folds of cloth. */
function batik(x, y, texture, across) {
  const [u, v] = [(x + texture * 0.006) * 26, (y + texture * 0.006) * 26]
  const [cx, cy] = [u - Math.floor(u) - 0.5, v - Math.floor(v) - 0.5]
  const petals = Math.abs(Math.hypot(Math.abs(cx) - 0.27, Math.abs(cy) - 0.27) - 0.17)
  const dots = Math.hypot(cx, cy)
  const light = 0.75 + 0.25 * Math.cos(across * 2.4 + 0.5) + 0.12 * Math.sin(across * 21 + y * 9)
  const base = mix([0.83, 0.74, 0.58], [0.36, 0.19, 0.1], smooth(0.09, 0.05, petals))
  return mix(base, [0.13, 0.13, 0.28], smooth(0.1, 0.07, dots)).map((value) => value * light)
}

function product() {
  return draw(3, 2.6, (x, y, texture) => {
    const [u, v] = [x * 150 + texture * 1.6, y * 150 - texture * 1.2]
    const over = (Math.floor(u) + Math.floor(v)) % 2 === 0
    const [across, along] = over ? [v, u] : [u, v]
    const thread = Math.sin((across - Math.floor(across)) * Math.PI)
    const fibre = 0.12 * Math.sin(along * 19 + Math.sin(across * 31) * 2 + texture * 14)
    const stripe = Math.floor((x + y) * 9) % 3
    const color = [
      [0.62, 0.16, 0.14],
      [0.88, 0.8, 0.63],
      [0.12, 0.22, 0.33],
    ][over ? stripe : (stripe + 1) % 3]
    const light = (0.3 + 0.7 * thread + fibre) * (0.82 + 0.3 * texture) * (1.1 - 0.4 * Math.hypot(x - 0.4, y - 0.35))
    const label = smooth(0.13, 0.128, Math.max(Math.abs(x - 0.72), Math.abs(y - 0.76) * 1.7))
    const paper = mix([0.94, 0.93, 0.9], [0.1, 0.1, 0.12], lettering((x - 0.62) * 30, (y - 0.74) * 30))
    return mix(
      color.map((value) => value * light),
      paper,
      label,
    )
  })
}

function soft() {
  return draw(5, 0.9, (x, y, texture) => {
    const sweep = smooth(0.58, 0.78, y)
    let color = mix([0.8, 0.79, 0.78], [0.9, 0.89, 0.87], sweep + texture * 0.04).map(
      (value) => value * (1.03 - 0.35 * Math.hypot(x - 0.42, y - 0.4) ** 2),
    )
    const shadow = Math.exp(-(((x - 0.56) / 0.2) ** 2) - ((y - 0.8) / 0.035) ** 2)
    color = color.map((value) => value * (1 - 0.5 * shadow))
    const shoulder = y < 0.36 ? 0.05 : 0.05 + 0.1 * smooth(0.36, 0.46, y)
    const across = y < 0.2 || y > 0.8 ? 9 : (x - 0.5) / shoulder
    const lit = 0.35 + 0.5 * Math.sqrt(Math.max(0, 1 - across * across)) - 0.22 * across
    const glint = 0.5 * Math.exp(-(((across + 0.55) / 0.1) ** 2))
    const glass = [0.55, 0.33, 0.18].map((value) => value * lit + glint + texture * 0.02)
    const sticker = smooth(0.52, 0.524, y) * smooth(0.7, 0.696, y)
    const paper = mix([0.93, 0.9, 0.84], [0.3, 0.22, 0.18], lettering((x - 0.4) * 34, (y - 0.58) * 34)).map(
      (value) => value * (lit + 0.15),
    )
    return mix(color, mix(glass, paper, sticker), smooth(1, 0.985, Math.abs(across)))
  })
}

/** Five strokes of block letters, as hard edges: 1 where there is ink. Units are the height of a letter. */
function lettering(x, y) {
  if (x < 0 || y < 0 || y > 1 || x > 6) return 0
  const letter = Math.floor(x)
  const [u, v] = [x - letter, y]
  if (u > 0.7) return 0
  const left = u < 0.16
  const right = u > 0.54
  const rules = [
    left || v > 0.84,
    left || right || v > 0.84,
    left || right || (v < 0.5 && Math.abs(u - 0.35) < v),
    u < 0.16,
  ]
  return [...rules, left || Math.abs(Math.abs(v - 0.5) - u + 0.1) < 0.13, left || right || v > 0.84][letter] ? 1 : 0
}

const mix = (a, b, t) => {
  const share = Math.min(1, Math.max(0, t))
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share]
}

/** 0 at `from`, 1 at `to`, smooth between; either may be the larger. */
function smooth(from, to, value) {
  const t = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return t * t * (3 - 2 * t)
}

/** mulberry32. */
function generator(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Value noise of nine octaves, each half as strong: -1..1, nearly. */
function fractalNoise(seed, firstCells) {
  const field = new Float32Array(SIDE * SIDE)
  for (let octave = 0, cells = firstCells, strength = 0.5; octave < 9; octave++, cells *= 2, strength *= 0.5) {
    const random = generator(seed * 100 + octave)
    const grid = Float32Array.from({ length: (cells + 1) ** 2 }, () => random() * 2 - 1)
    const step = cells / SIDE
    for (let y = 0; y < SIDE; y++) {
      const row = Math.floor(y * step)
      const v = smooth(0, 1, y * step - row)
      for (let x = 0; x < SIDE; x++) {
        const column = Math.floor(x * step)
        const u = smooth(0, 1, x * step - column)
        const at = row * (cells + 1) + column
        const above = grid[at] + (grid[at + 1] - grid[at]) * u
        const below = grid[at + cells + 1] + (grid[at + cells + 2] - grid[at + cells + 1]) * u
        field[y * SIDE + x] += strength * (above + (below - above) * v)
      }
    }
  }
  return field
}

/** Gaussian noise whose neighbours resemble each other a little, standard deviation about 1. */
function grainField(seed) {
  const random = generator(seed * 7919)
  const white = Float32Array.from({ length: SIDE * SIDE + SIDE }, () => (random() + random() + random() - 1.5) * 2)
  return white.map((value, i) => 0.8 * value + 0.42 * (white[i + 1] ?? 0) + 0.42 * (white[i + SIDE] ?? 0))
}
