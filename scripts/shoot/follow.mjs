// Follows one generation by its events until it ends.
import { openLive } from './live.mjs'

const ends = { pose_generation_complete: true, pose_generation_failed: true, pose_generation_cancelled: true }

/**
 * Opens the live line before the generation exists, so that its first event cannot be missed. Answers
 * `{ begin(generation), ended, close }`: `begin` says which generation to follow (what came earlier is looked at then),
 * `ended` resolves when it is over and rejects when the line is lost for good.
 *
 * `onProgress({ done, failed, total, pose, secondsLeft })` gets each step, never going back; `onImage(image)` each
 * finished or failed picture that an event carries; `onCount(made)` how many are made.
 */
export async function followGeneration(api, { onProgress, onImage, onCount }) {
  let generation
  let early = []
  let seen = { done: 0, failed: 0 }
  let finish
  let fail
  const ended = new Promise((resolve, reject) => {
    finish = resolve
    fail = reject
  })
  ended.catch(() => {}) // whoever awaits it hears of it; until then it must not end the process

  function take(event) {
    if (event.type === 'reset') return readState().catch(fail)
    if (event.generationId !== generation.id) return
    const data = event.data ?? {}
    if (data.posesTotal !== undefined) {
      show(data)
    }
    if (data.image) onImage(data.image)
    if (ends[event.type]) finish()
  }

  // After a gap events come in two streams (missed and new), so an older count may follow a newer one.
  function show({ posesCompleted: made, posesFailed: failed, posesTotal: total, currentPose, estimatedTimeRemaining }) {
    if (made + failed < seen.done) return
    seen = { done: made + failed, failed }
    onProgress({ ...seen, total, pose: currentPose ?? undefined, secondsLeft: estimatedTimeRemaining ?? undefined })
    onCount(made)
  }

  async function readState() {
    if (!generation) return
    const state = await api.get(`/apps/pose-generator/generations/${generation.id}`)
    show(state.progress)
    // Not by status: a generation is `cancelled` at once, while what was already being made still ends.
    if (state.generation.endedAt !== null) finish()
  }

  const live = await openLive(api, {
    onEvent: (event) => (generation ? take(event) : early.push(event)),
    onReconnect: () => readState().catch(fail),
    onLost: fail,
  })
  return {
    ended,
    close: live.close,
    begin(started) {
      generation = started
      for (const event of early) take(event)
      early = []
    },
  }
}
