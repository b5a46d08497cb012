// One person: skeleton, clothes, hair, hands and their shadows, into the sculpture.

import { sculptDrape } from './drape'
import { sculptHair } from './hair'
import { type Hand, handOf } from './hand'
import { sculptHead } from './head'
import { sculptHeadwear } from './headwear'
import { sculptArm, sculptBottom, sculptLegs } from './limbs'
import type { Look } from './outfit'
import type { FigurePose, PosePerson } from './pose'
import type { Sculpture } from './sculpture'
import { castBody } from './shadow'
import { type Side, type Skeleton, skeletonOf } from './skeleton'
import { surfacesOf } from './surfaces'
import { sculptTorso } from './torso'
import { distance } from './vector'

/** A skirt over legs this far apart (metres at size 1) would be a tent: such a stance wears trousers. */
const STRIDE_LIMIT = 0.5

function dressedFor(look: Look, body: Skeleton): Look {
  const { left, right } = body.leg
  const stride = Math.max(distance(left.knee, right.knee), distance(left.ankle, right.ankle) * 0.72) / body.size
  const skirt = look.dress || look.bottom.cut === 'skirt' || look.bottom.cut === 'longSkirt'
  if (!skirt || look.bottomAsked || stride < STRIDE_LIMIT) return look
  const cut = look.headscarf ? 'wide' : 'straight'
  return { ...look, dress: false, top: { ...look.top, tucked: false }, bottom: { ...look.bottom, cut } }
}

export type Figure = { body: Skeleton; hands: Record<Side, Hand> }

export function sculptFigure(clay: Sculpture, person: PosePerson, pose: FigurePose, asked: Look): Figure {
  const body = skeletonOf(person)
  const look = dressedFor(asked, body)
  const surfaces = surfacesOf(look)
  const hands: Record<Side, Hand> = {
    left: handOf(body.arm.left, 'left', body.size, person.handLeft, person.handLeft2d, pose.camera),
    right: handOf(body.arm.right, 'right', body.size, person.handRight, person.handRight2d, pose.camera),
  }
  sculptTorso(clay, body, look, surfaces)
  sculptBottom(clay, body, look, surfaces)
  sculptLegs(clay, body, look, surfaces)
  sculptHead(clay, body, look, surfaces)
  sculptHair(clay, body, look, surfaces)
  sculptHeadwear(clay, body, look)
  sculptDrape(clay, body, look)
  sculptArm(clay, body, 'left', hands.left, look, surfaces)
  sculptArm(clay, body, 'right', hands.right, look, surfaces)
  castBody(clay, body, hands, look)
  return { body, hands }
}
