/** What the model writes when nothing goes wrong, whatever it is asked: a person who waves with the left hand. */
export const WAVING = {
  stance: 'walk',
  legs: 'any',
  legSide: 'any',
  leftArm: { pose: 'wave', holds: 'nothing' },
  rightArm: { pose: 'holdChest', holds: 'cup' },
  head: 'camera',
  torso: 'any',
  view: 'any',
  framing: 'full',
}
