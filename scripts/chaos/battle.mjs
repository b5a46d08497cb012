// Sellers at work, and a server killed under them.
import { setTimeout as wait } from 'node:timers/promises'
import { actionsOf } from './actions.mjs'
import { checkSeller } from './checks.mjs'
import { newGate } from './nemesis.mjs'
import { commandsOf, killsOf } from './schedule.mjs'

/** After the last restart there is some work too. */
const lastWorkMs = 2_000

/** Works and kills until `kills` are done, time is up or a promise is broken. Afterwards nobody works. */
export async function battle(world, sellers, { kills, seed }) {
  const gate = newGate(sellers.length)
  const work = Promise.all(sellers.map((seller, index) => sell(world, seller, commandsOf(seed, index), gate)))
  // Heard at the end; until then a failure must not end the process.
  work.catch(() => gate.end())
  for (const kill of killsOf(seed, kills)) {
    if (world.isOver()) break
    gate.open()
    await strike(world, gate, kill)
    for (const seller of sellers) await checkSeller(seller, world)
    world.counts.checks += sellers.length
    world.show('checked')
  }
  gate.open()
  if (!world.isOver()) await wait(lastWorkMs)
  gate.end()
  await work
}

async function sell(world, seller, commands, gate) {
  const act = actionsOf(seller, world)
  for (const command of commands) {
    if (!(await gate.pass())) return
    const outcome = await act(command)
    world.counts.requests++
    if (outcome?.lost) world.counts.lost++
    world.history.write({ seller: seller.name, command, outcome })
    world.show('working')
    await wait(command.pauseMs)
  }
}

/** One kill, and a server that is up again with nobody at work. */
async function strike(world, gate, kill) {
  const { server, history, counts } = world
  if (kill.at === 'boot') {
    await gate.close()
    await server.kill()
    await server.killWhileStarting(kill.delayMs)
  } else {
    await world.moment(kill)
    await Promise.all([server.kill(), gate.close()])
  }
  counts.kills++
  history.write({ kill })
  world.show('killed')
  await server.start()
}
