// One seller's life: every command goes to the server and to the model, and both must come to the same.
import { isDeepStrictEqual } from 'node:util'
import { newAccount } from '../chaos/account.mjs'
import { ACTIONS } from './actions.mjs'
import { checkBooks } from './check-books.mjs'
import { Model } from './model.mjs'

/** What the server did otherwise than the model. */
export class Divergence extends Error {
  name = 'Divergence'
}

let people = 0

/**
 * Lives `commands` as a new seller of `world` (`{ origin, shop, money }`). Throws Divergence at the first command after
 * which status, balances or books are not those of the model. `onCommand` counts.
 */
export async function live(world, commands, onCommand = () => {}) {
  const account = newAccount(() => world.origin, `prove-${process.pid}-${Date.now()}-${people++}@lumiku.test`)
  await account.join()
  const project = await account.must(
    { method: 'POST', path: '/apps/pose-generator/projects', json: { projectName: 'Proof' } },
    201,
  )
  const { available } = await account.must({ path: '/credits' })
  const life = {
    ...{ world, account, projectId: project.id, model: new Model(available) },
    ...{ generations: [], quotes: [], orders: [], keys: 0 },
    /** Compares what came with what must come. */
    expect(what, came, must) {
      if (!isDeepStrictEqual(came, must))
        throw new Divergence(`${what}: ${JSON.stringify(came)}, by the model ${JSON.stringify(must)}`)
    },
    newKey: () => `key-${life.keys++}`,
  }
  const day = dayInJakarta()
  try {
    for (const command of commands) {
      onCommand(command)
      await ACTIONS[command.kind](life, command)
      const { unlimited, ...balances } = await account.must({ path: '/credits' })
      life.expect(`balances after ${command.kind}`, balances, life.model.balances)
      if (unlimited) life.expect(`quota after ${command.kind}`, unlimited.used, life.model.quota.used)
    }
    await checkBooks(life)
  } catch (error) {
    // At midnight in Jakarta the quota begins anew; the model has no clock, so such a life says nothing.
    if (day === dayInJakarta()) throw error
  }
}

const dayInJakarta = () => Math.floor((Date.now() + 7 * 3_600_000) / 86_400_000)
