import type { BackgroundMode } from '../../generations/types'

type Words = {
  /** What the pose library says of the pose, in English. */
  poseHint: string
  /** What the seller wrote: the description in text mode, extra words in gallery mode. */
  wanted: string
  background: { mode: BackgroundMode; prompt?: string; color?: string } | null
}

/** The prompt of one picture. Pure: the same words give the same prompt. No negative terms, FLUX has none. */
export function buildPrompt({ poseHint, wanted, background }: Words): string {
  const scene =
    background?.mode === 'ai_generate' && background.prompt
      ? `background: ${background.prompt}`
      : background?.mode === 'solid_color'
        ? `plain ${background.color} background`
        : 'studio background'
  return [poseHint, wanted, scene, 'studio light, sharp focus'].filter((part) => part.trim() !== '').join(', ')
}
