// Every provider once: is the picture that a seller downloads the one that was asked for, bit by bit?
import { readFake } from '../../../test/providers/servers/read-fake.mjs'
import { encodePng } from '../../shoot/png.mjs'
import { claimBooks } from '../books.mjs'
import { pixelsSha256, readPixels, referenceSha256, sha256 } from '../read-picture.mjs'
import { shoot } from '../seller.mjs'
import { until } from '../world.mjs'

/** Not square, and half of it is a size that a control map may have. */
const sizePx = [512, 1024]
/** `mapPx`: the size of the pose map that it gets, null for none. `avatar`: whether it takes one. */
const PROVIDERS = {
  fal: { mapPx: sizePx, avatar: true },
  wavespeed: { mapPx: sizePx, avatar: false },
  'workers-ai': { mapPx: [256, 512], avatar: true },
  huggingface: { mapPx: sizePx, avatar: true },
  'huggingface-endpoint': { mapPx: sizePx, avatar: true },
  'huggingface-text': { mapPx: null, avatar: false, extra: { poseControl: 'preferred' } },
}
export const providers = Object.keys(PROVIDERS)

export const settingsOf = (provider) => ({ IMAGE_PROVIDERS: provider })

/** Shoots `pictures` pictures at one provider and compares each with what was asked. */
export async function run(world, { claim, note }, { provider, pictures = 4 }) {
  const { mapPx, avatar, extra } = PROVIDERS[provider]
  const seller = await world.seller('seller')
  const face = avatarPng()
  const projectId = await seller.openProject(avatar ? face.png : undefined)
  const startedMs = Date.now()
  const id = await shoot(seller, { projectId, pictures, seed: 4_294_967_290, sizePx, extra })
  const generation = await until(
    'the shoot ends',
    async () => {
      const seen = await seller.generation(id)
      world.show(seen.posesCompleted, pictures, provider, seen.posesFailed)
      return seen
    },
    ({ endedAt }) => endedAt !== null,
    { limitMs: 180_000 },
  )
  const tookMs = Date.now() - startedMs
  const results = await seller.results(id)
  const wrong = []
  for (const result of results) {
    if (result.status !== 'completed') wrong.push(`${result.variationKey}: ${result.error}`)
    else wrong.push(...(await differences(world, seller, result, { mapPx, face: avatar ? face : null })))
  }
  const { degraded } = await seller.recipe(results.find(({ status }) => status === 'completed')?.id ?? results[0].id)
  note(
    `${provider}: ${pictures} pictures`,
    `${(tookMs / 1000).toFixed(1)} s, degraded: ${degraded.join(', ') || 'nothing'}`,
  )
  claim(
    `${provider}: ${['prompt, seed, size', ...(mapPx ? ['pose map'] : []), ...(avatar ? ['avatar'] : [])].join(', ')} of each`,
    wrong.length === 0 ? `${results.length} of ${results.length} as asked` : wrong.join('; '),
    wrong.length === 0 && results.length === pictures,
  )
  await claimBooks({ claim }, seller, generation, provider)
}

/** What is not in the downloaded picture as it was asked for; empty when it is the very one. */
async function differences({ origin }, seller, result, { mapPx, face }) {
  const download = async (path) => Buffer.from(await (await fetch(new URL(path, origin))).arrayBuffer())
  const picture = await readPixels(await download(result.outputImageUrl))
  const said = readFake(picture)
  const { prompt, seed } = await seller.recipe(result.id)
  const map =
    mapPx &&
    (await download(`/api/v1/apps/pose-generator/library/${result.poseId}/control?size=${mapPx[0]}x${mapPx[1]}`))
  const asked = {
    ...{ isFake: true, promptSha256: sha256(prompt), seed, width: sizePx[0], height: sizePx[1] },
    controlSha256: map ? pixelsSha256(await readPixels(map)) : null,
    referencesSha256: face ? referenceSha256(face) : null,
  }
  const names = Object.keys(asked).filter((name) => said[name] !== asked[name])
  if (result.seedUsed !== seed) names.push('seedUsed')
  if (picture.width !== sizePx[0] || picture.height !== sizePx[1]) names.push('decoded size')
  return names.map((name) => `${result.variationKey}: ${name} ${said[name]}, asked ${asked[name]}`)
}

/** An avatar small enough for every model to get it as it is: `{ png, rgba }`. */
function avatarPng() {
  const side = 512
  const rgba = Buffer.alloc(side * side * 4, 255)
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) rgba.set([x >> 1, y >> 1, (x ^ y) & 255], (y * side + x) * 4)
  return { rgba, png: encodePng({ width: side, height: side, channels: 4, pixels: rgba }) }
}
