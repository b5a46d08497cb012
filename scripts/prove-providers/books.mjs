// The money of a shoot after its end, whatever became of its pictures.
import { creditsOf } from './seller.mjs'

/** What one picture costs. */
export const poseCredits = 30

/** Claims that a finished shoot was charged for its pictures to the last credit and holds nothing. */
export async function claimBooks({ claim }, seller, generation, who = '') {
  const { id, posesCompleted, totalExpectedPoses } = generation
  const { held, charged, released, wrong, heldNow } = await creditsOf(seller, id)
  const { ok } = await seller.verify()
  const price = posesCompleted * poseCredits
  const name = who && `${who}: `
  claim(
    `${name}charged = delivered x ${poseCredits}`,
    `${charged} = ${posesCompleted} x ${poseCredits}`,
    charged === price,
  )
  claim(
    `${name}the rest was released, nothing is held`,
    `released ${released}, held ${heldNow}`,
    released === totalExpectedPoses * poseCredits - price && held === charged + released && heldNow === 0,
  )
  claim(`${name}the ledger verifies`, wrong.length === 0 ? String(ok) : wrong[0], ok && wrong.length === 0)
}
