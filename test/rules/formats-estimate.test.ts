import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { estimateBytes } from '../../src/exports/estimate-bytes'
import { figuresOf } from '../../src/exports/figures'
import { renderVariants } from '../../src/exports/render-variants'
import { DEFAULT_OPTIONS, type Figure, FORMAT_IDS, type FormatId } from '../../src/exports/types'
import type { Pixels } from '../../src/render/image/pixels'
import { lookOf } from '../../src/render/mannequin/look'
import { studioOf } from '../../src/render/mannequin/studio'
import { createWebpEncoder } from '../../src/render/webp/encode'
import { kernelModule, newKernel, picture } from './image-fixtures'
import { newRenderer, poseOf } from './mannequin-fixtures'

const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module
const webpEncoder = new Module(
  readFileSync(`${import.meta.dirname}/../../node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm`),
)

type Sample = { name: string; pixels: Pixels; figures: Figure[] }

const renderer = newRenderer()
function drawing(id: string, width: number, height: number, prompt: string): Sample {
  const pose = poseOf(id)
  const looks = pose.people.map((_, person) => lookOf({ prompt, seed: 3, person }))
  const { rgba } = renderer.render({ pose, looks, background: studioOf({ prompt, seed: 3 }), width, height })
  return { name: id, pixels: { rgba, width, height }, figures: figuresOf(pose, { width, height }) }
}

const samples: Sample[] = [
  drawing('product-at-chest-right', 1024, 1024, 'kemeja batik latar kayu'),
  drawing('duo-handshake', 896, 1152, 'kaos hijau'),
  drawing('lipstick-hold', 768, 768, 'hijab ungu'),
  drawing('sport-skateboard', 1152, 640, 'kaos garis-garis kota'),
  { name: 'grain', pixels: { rgba: picture('photo', 640, 640), width: 640, height: 640 }, figures: [] },
]

/** What each file has, and what was told before: by sample. */
const sizes: { name: string; format: FormatId; bytes: number; estimate: number; isPadded: boolean }[] = []

beforeAll(async () => {
  for (const { name, pixels, figures } of samples) {
    const kernel = newKernel()
    const bytes = kernel.encodePng(pixels.rgba, pixels.width, pixels.height)
    const source = { imageId: 'img_01J00000000000000000000000', bytes, type: 'image/png' as const, pixels, figures }
    const asks = FORMAT_IDS.map((format) => ({ format, options: DEFAULT_OPTIONS }))
    const coders = { kernel, webp: () => createWebpEncoder(webpEncoder) }
    const told = await estimateBytes(coders, { pixels, figures, sizeBytes: bytes.length }, FORMAT_IDS)
    const modules = { image: kernelModule, webpEncoder }
    const failures = await renderVariants(
      modules,
      { ...source, simulated: true, createdAt: 1 },
      asks,
      async ({ format, bytes: file, isPadded }) => {
        sizes.push({ name, format, bytes: file.length, estimate: told.get(format)!, isPadded })
      },
    )
    expect(failures).toEqual([])
  }
}, 120_000)

describe('how large files will be', () => {
  test('is told within 15 % for 95 of 100 files, and within 25 % for all', () => {
    const errors = sizes.map((size) => ({ ...size, error: Math.abs(size.estimate / size.bytes - 1) }))
    expect(errors).toHaveLength(samples.length * FORMAT_IDS.length)
    expect(errors.some(({ isPadded }) => isPadded)).toBe(true)
    expect(errors.filter(({ error }) => error > 0.25)).toEqual([])
    expect(errors.filter(({ error }) => error <= 0.15).length).toBeGreaterThanOrEqual(0.95 * errors.length)
  })

  test('of equal files is told alike, and of a capped file never more than its cap', async () => {
    const rgba = picture('noise', 512, 512)
    const coders = { kernel: newKernel(), webp: () => createWebpEncoder(webpEncoder) }
    const pixels = { rgba, width: 512, height: 512 }
    const told = await estimateBytes(coders, { pixels, figures: [], sizeBytes: 7 }, [
      ...(['tiktok', 'instagram_story', 'youtube_thumbnail', 'original'] as const),
    ])
    expect(told.get('tiktok')).toBe(told.get('instagram_story'))
    expect(told.get('youtube_thumbnail')).toBeLessThanOrEqual(2_000_000)
    expect(told.get('original')).toBe(7)
    expect(told.size).toBe(4)
  })
})
