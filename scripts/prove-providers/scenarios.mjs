// The scenarios by name. Each opens a server (or several) with settings of its own and closes it again.
import * as dead from './scenarios/dead.mjs'
import * as fair from './scenarios/fair.mjs'
import * as kill from './scenarios/kill.mjs'
import * as mixed from './scenarios/mixed.mjs'
import * as pictures from './scenarios/pictures.mjs'

const one = (name, about, { settings, run }) => ({
  about,
  prove: (worlds, claims, options) => inWorld(worlds, name, settings(options), (world) => run(world, claims, options)),
})

/** `about` is for --help; `prove(worlds, claims, options)` runs it. Throws when it cannot come to its end. */
export const scenarios = {
  pictures: {
    about: 'a shoot at every provider, compared with what was asked in the pixels',
    async prove(worlds, claims, options) {
      const asked = options.provider === undefined ? pictures.providers : [options.provider]
      for (const provider of asked)
        await inWorld(worlds, `pictures-${provider}`, pictures.settingsOf(provider), (world) =>
          pictures.run(world, claims, { ...options, provider }),
        )
    },
  },
  mixed: one('mixed', '200 pictures of two sellers at a provider on a bad day', mixed),
  dead: one('dead', '100 pictures at a provider that is gone, then is back', dead),
  kill: one('kill', 'kill -9 while 20 pictures are under way upstream', kill),
  fair: one('fair', '4 pictures beside the 500 of another seller, 4 slots', fair),
}

/** What --provider may name. */
export const loopbackProviders = pictures.providers

async function inWorld(worlds, name, settings, work) {
  const world = await worlds.open(name, settings)
  try {
    await work(world)
  } finally {
    await world.close()
  }
}
