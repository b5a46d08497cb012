// Runs inside workerd: the pipeline as the Worker has it, on pictures that were sent before.
import { decodeMaster } from '../../src/exports/render-decode'
import { countHoldings } from '../../src/exports/render-memory'
import { renderVariants } from '../../src/exports/render-variants'
import { createImageKernel } from '../../src/render/image/kernel'
import { modules } from '../../src/render/modules'
import { createWebpEncoder } from '../../src/render/webp/encode'

const masters = new Map()
const options = { fill: 'sampled', withRecipe: true }

export default {
  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url)
    const name = searchParams.get('picture')
    const formats = searchParams.get('formats')?.split(',') ?? []
    if (pathname === '/pictures') masters.set(name, new Uint8Array(await request.arrayBuffer()))
    else if (pathname === '/render') return Response.json(await render(masters.get(name), formats))
    else if (pathname === '/file') return new Response(await fileOf(masters.get(name), formats[0]))
    else if (pathname === '/repeat')
      return Response.json(await repeat(masters.get(name), Number(searchParams.get('times'))))
    return new Response('ok')
  },
}

/** What the Worker does with a master when all its formats are asked: decode, then every file to a sink. */
async function render(bytes, formats, sink = () => {}) {
  const { type, pixels } = await decodeMaster(modules, bytes)
  const source = {
    imageId: '01KA0000000000000000000000',
    bytes,
    type,
    pixels,
    figures: [],
    simulated: false,
    createdAt: 0,
  }
  const holdings = countHoldings()
  const files = []
  const asks = formats.map((format) => ({ format, options }))
  const failures = await renderVariants(
    modules,
    source,
    asks,
    async (variant) => {
      files.push({ format: variant.format, bytes: variant.bytes.length, quality: variant.quality })
      sink(variant)
    },
    holdings,
  )
  return { files, failures, held: holdings.peak, wasmBytes: holdings.wasmBytes }
}

async function fileOf(bytes, format) {
  let file
  await render(bytes, [format], (variant) => {
    file = variant.bytes
  })
  return file
}

/** WebAssembly memory of one kernel and one WebP coder that code the same files over and over. */
async function repeat(bytes, times) {
  const kernel = createImageKernel(modules.image)
  const webp = await createWebpEncoder(modules.webpEncoder)
  const held = []
  for (let i = 0; i < times; i++) {
    const { rgba, width, height } = kernel.decodePng(bytes)
    const scale = { rect: { x: 224.5, y: 0, width: 575.5, height }, width: 1080, height: 1920 }
    kernel.encodeJpeg(rgba, width, height, { quality: 90, scale })
    kernel.encodePng(rgba, width, height, { scale })
    const small = kernel.resize(rgba, width, height, scale.rect, 540, 960)
    webp.encode({ rgba: small, width: 540, height: 960 }, 80)
    held.push(kernel.memoryBytes + webp.memoryBytes)
  }
  return { first: held[0], last: held.at(-1) }
}
