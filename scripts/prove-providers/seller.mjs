// A seller of a scenario: signs up, shoots, and reads what became of it as any client could.
import { randomUUID } from 'node:crypto'
import { allItems, newAccount } from '../chaos/account.mjs'
import { readBooks } from '../chaos/books.mjs'

const app = '/apps/pose-generator'
const maxPosesPerPage = 100
const maxBatch = 10

/** An account at `origin`, with a project. `avatar`: PNG bytes to upload and put into each picture. */
export async function newSeller(origin, email) {
  const account = newAccount(() => origin, email)
  await account.join()
  return {
    account,
    /** A project for shoots; with an avatar its pictures show one person. */
    async openProject(avatar) {
      const upload =
        avatar &&
        (await account.must({ method: 'POST', path: '/uploads', raw: { body: avatar, contentType: 'image/png' } }, 201))
      const json = {
        projectName: 'Proof',
        ...(upload && { avatarSource: 'UPLOAD', avatarImageUrl: upload.id }),
      }
      return (await account.must({ method: 'POST', path: `${app}/projects`, json }, 201)).id
    },
    /** Ids of poses, at most `count`. */
    async poses(count) {
      const { items } = await account.must({ path: `${app}/library?limit=${Math.min(count, maxPosesPerPage)}` })
      return items.map(({ id }) => id)
    },
    generation: async (id) => (await account.must({ path: `${app}/generations/${id}` })).generation,
    progress: async (id) => (await account.must({ path: `${app}/generations/${id}` })).progress,
    results: (id) => allItems(account, `${app}/generations/${id}/results`),
    recipe: async (id) => (await account.must({ path: `${app}/poses/${id}/recipe` })).recipe,
    cancel: (id) => account.must({ method: 'POST', path: `${app}/generations/${id}/cancellation` }),
    /** One try of a shoot; answers what came back. */
    ask: (request) => account.ask({ method: 'POST', path: `${app}/generate`, key: randomUUID(), json: request }),
    verify: () => account.must({ path: '/credits/statement/verify' }),
    credits: () => account.must({ path: '/credits' }),
    async books() {
      return readBooks((await allItems(account, '/credits/entries')).reverse())
    },
  }
}

/** How many poses, in how many variations each, make a shoot of so many pictures; null when none do. */
export function posesAndBatch(pictures) {
  for (let batchSize = 1; batchSize <= maxBatch; batchSize++)
    if (pictures % batchSize === 0 && pictures / batchSize <= maxPosesPerPage)
      return { poses: pictures / batchSize, batchSize }
  return null
}

/** The body of a shoot of `pictures` pictures, each of another pose or another seed. */
export async function requestOf(seller, { projectId, pictures, seed, sizePx = [256, 256], extra = {} }) {
  const { poses, batchSize } = posesAndBatch(pictures)
  const selectedPoseIds = await seller.poses(poses)
  return {
    projectId: projectId ?? (await seller.openProject()),
    ...{ generationType: 'GALLERY_REFERENCE', selectedPoseIds, batchSize, seed },
    ...{ width: sizePx[0], height: sizePx[1], ...extra },
  }
}

/** Starts a shoot; answers the generation's id. Throws when it is refused. */
export async function shoot(seller, asked) {
  const answer = await seller.ask(await requestOf(seller, asked))
  if (answer.status !== 202) throw new Error(`the shoot was refused: ${JSON.stringify(answer.body ?? answer.lost)}`)
  return answer.body.generation.id
}

/** Credits that a generation holds, has charged and has released, by the ledger's own entries. */
export async function creditsOf(seller, id) {
  const books = await seller.books()
  const of = (kind) => books.ofGeneration(id, kind)
  return { held: of('hold'), charged: of('settle'), released: of('release'), wrong: books.wrong, heldNow: books.held }
}
