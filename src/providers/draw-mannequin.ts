import type { AvatarAttributes } from '../db/tables/avatar-attributes'
import type { Palette } from '../db/tables/avatars'
import type { Backdrop } from '../render/mannequin/backdrop'
import { hashOf } from '../render/mannequin/hash'
import { looksOf } from '../render/mannequin/looks'
import type { Look } from '../render/mannequin/outfit'
import { createRenderer } from '../render/mannequin/renderer'
import { studioOf } from '../render/mannequin/studio'
import type { Keypoints, Pixels, PosedSpec } from './contract'

/** A joint counts as hit where the figure covers at least half of its pixel. */
const COVERED = 128

/**
 * The picture of a spec, the same pixels in every isolate. Who is in it follows from `subject` alone, so that a shoot
 * shows one person; the seed chooses the backdrop
 * and moves the light, so that two variations are never the same picture. `keypoints`: where the joints are, in pixels,
 * with confidence 1 where the figure covers them and 0 where it does not: a limb that is not drawn is no limb. Throws RangeError for a pose or size that cannot be drawn.
 */
export function drawMannequin(
  module: WebAssembly.Module,
  spec: PosedSpec,
): { pixels: Pixels; mask: Uint8Array; keypoints: Keypoints[]; palette: Palette | undefined } {
  const { width, height } = spec
  const looks = castOf(spec)
  const { rgba, mask, keypoints } = createRenderer(module).render({
    pose: spec.control.pose,
    looks,
    background: backdropOf(spec),
    keyLight: ((hashOf('light', spec.seed) % 17) - 8) / 8,
    width,
    height,
  })
  const isCovered = (x: number, y: number): boolean =>
    x >= 0 && x < width && y >= 0 && y < height && mask[Math.floor(y) * width + Math.floor(x)]! >= COVERED
  const found = keypoints.map((person) =>
    person.flatMap(([x = -1, y = -1, v]) => [x, y, v !== 0 && isCovered(x, y) ? 1 : 0]),
  )
  return { pixels: { rgba, width, height }, mask, keypoints: found, palette: looks[0] && paletteOf(looks[0]) }
}

/** The colours that a look was painted with, before any light fell on them. */
const paletteOf = ({ skin, hair, headscarf, top, bottom }: Look): Palette => ({
  ...{ skin: [...skin], hair: [...(headscarf?.colour ?? hair.colour)] },
  ...{ top: [...top.colour], bottom: [...bottom.colour] },
  ...(headscarf && { coversHair: true }),
})

/** What is known of an avatar, as words; null for what nobody said. */
const wordsOf = (attributes: AvatarAttributes | undefined) =>
  attributes && Object.fromEntries(Object.entries(attributes).map(([name, said]) => [name, said?.replaceAll('_', ' ')]))

/** A pose that is about a headscarf has one, whoever poses. */
const SCARF_POSE = /\b(hijab|headscarf)\b/i

/** The same person at every pose: a pose drawn on a male or female rig says nothing of the avatar. */
function castOf({ subject, control, reference }: PosedSpec): Look[] {
  const [first, ...others] = control.pose.people
  const people = first ? [{ ...first, build: 'neutral' as const }, ...others] : []
  const scarf = SCARF_POSE.test(control.pose.words) ? 'hijab' : ''
  return looksOf(
    { ...control.pose, people },
    {
      prompt: [subject.person, subject.words, scarf].filter((words) => words).join(' '),
      attributes: wordsOf(subject.attributes) ?? {},
      ...{ seed: subject.seed ?? hashOf(subject.key, 0), reference },
    },
  )
}

function backdropOf({ background, subject, seed }: PosedSpec): Backdrop {
  switch (background.kind) {
    case 'color': {
      const value = Number.parseInt(background.color.slice(1), 16)
      return { kind: 'solid', colour: [value >> 16, (value >> 8) & 255, value & 255] }
    }
    case 'image':
      return { kind: 'image', ...background.pixels }
    case 'prompt':
      return studioOf({ prompt: background.prompt, seed, aboutBackground: true })
    case 'studio':
      // The seller's words alone: ours always speak of a studio, and the nearest colour would be taken for the wall's.
      return studioOf({ prompt: subject.words, seed })
  }
}
