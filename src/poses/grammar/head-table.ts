// How the head is held and the camera faced, and how that is said.
import type { HeadSpec } from '../rig/spec'
import type { HeadPose, ViewPose } from './parts'

type Words = { en: string; id: string }

export const HEAD_TABLE: Record<Exclude<HeadPose, 'over' | 'aside'>, HeadSpec & Words> = {
  camera: { look: 'cam', en: 'looking at the camera', id: 'melihat ke kamera' },
  left: { look: 'rel', yaw: 42, en: 'looking to the left', id: 'menoleh ke kiri' },
  right: { look: 'rel', yaw: -42, en: 'looking to the right', id: 'menoleh ke kanan' },
  up: { look: 'rel', pitch: -26, en: 'looking up', id: 'melihat ke atas' },
  down: { look: 'rel', pitch: 28, en: 'looking down', id: 'menunduk' },
  tiltLeft: { look: 'cam', roll: 16, en: 'head tilted to the left', id: 'kepala miring ke kiri' },
  tiltRight: { look: 'cam', roll: -16, en: 'head tilted to the right', id: 'kepala miring ke kanan' },
  overLeft: { look: 'rel', yaw: 64, pitch: 4, en: 'looking over the left shoulder', id: 'menoleh lewat bahu kiri' },
  overRight: { look: 'rel', yaw: -64, pitch: 4, en: 'looking over the right shoulder', id: 'menoleh lewat bahu kanan' },
  hands: { look: 'hands', w: 0.9, en: 'looking at the hands', id: 'melihat ke tangan' },
  handL: { look: 'handL', w: 0.9, en: 'looking at the left hand', id: 'melihat ke tangan kiri' },
  handR: { look: 'handR', w: 0.9, en: 'looking at the right hand', id: 'melihat ke tangan kanan' },
}

/** Turns to the person's left, in degrees. */
export const VIEW_TABLE: Record<Exclude<ViewPose, 'angled' | 'side'>, Words & { turn: number }> = {
  front: { turn: 0, en: 'front view', id: 'tampak depan' },
  angledLeft: { turn: 40, en: 'three-quarter view', id: 'serong kiri' },
  angledRight: { turn: -40, en: 'three-quarter view', id: 'serong kanan' },
  sideLeft: { turn: 84, en: 'side view', id: 'tampak samping' },
  sideRight: { turn: -84, en: 'side view', id: 'tampak samping' },
  behind: { turn: 180, en: 'seen from behind', id: 'tampak belakang' },
}
