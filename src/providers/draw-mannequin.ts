import type { Backdrop } from '../render/mannequin/backdrop'
import { hashOf } from '../render/mannequin/hash'
import { lookOf } from '../render/mannequin/look'
import type { Look } from '../render/mannequin/outfit'
import { followReference } from '../render/mannequin/reference'
import { createRenderer } from '../render/mannequin/renderer'
import { studioOf } from '../render/mannequin/studio'
import type { GenSpec, Pixels } from './contract'

/** Raise it when the drawing changes: it is part of every picture's provenance. */
export const RENDERER_VERSION = 1

/** A joint counts as hit where the figure covers at least half of its pixel. */
const COVERED = 128

/**
 * The picture of a spec, the same pixels in every isolate. Who is in it follows from `subject` alone, so that a shoot
 * shows one person; the seed chooses the backdrop. `poseMatch` is the share of drawn joints that the figure covers.
 * Throws RangeError for a pose or size that cannot be drawn.
 */
export function drawMannequin(module: WebAssembly.Module, spec: GenSpec): { pixels: Pixels; poseMatch: number } {
  const { width, height } = spec
  const { rgba, mask, keypoints } = createRenderer(module).render({
    pose: spec.control.pose,
    looks: looksOf(spec),
    background: backdropOf(spec),
    width,
    height,
  })
  const joints = keypoints
    .flat()
    .filter(([x = -1, y = -1, v]) => v !== 0 && x >= 0 && x < width && y >= 0 && y < height)
  const hit = joints.filter(([x = 0, y = 0]) => mask[Math.floor(y) * width + Math.floor(x)]! >= COVERED)
  return { pixels: { rgba, width, height }, poseMatch: joints.length === 0 ? 0 : hit.length / joints.length }
}

function looksOf({ subject, control, reference }: GenSpec): Look[] {
  const seed = hashOf(subject.key, 0)
  return control.pose.people.map(({ build }, person) => {
    // A pose drawn on a male or female rig says nothing of the avatar; of a second person nobody else says anything.
    const look = lookOf({ prompt: subject.words, seed, build: person === 0 ? 'neutral' : build, person })
    return reference && person === 0 ? followReference(look, reference) : look
  })
}

function backdropOf({ background, prompt, seed }: GenSpec): Backdrop {
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
      return studioOf({ prompt, seed })
  }
}
