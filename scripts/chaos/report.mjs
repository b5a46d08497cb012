// The table at the end of a run.
import { seconds } from '../child-process.mjs'

const maxShown = 5

/** What a run came to, as lines for a terminal; with the broken promises and where to look, when there are any. */
export function table({ violations, counts, ends, quietMs, tookMs, folder }, { kills, seed }) {
  const sum = (read) => ends.reduce((total, end) => total + read(end), 0)
  const orders = ends.flatMap((end) => end.orders)
  const credited = orders.filter((order) => order.wasPaid)
  const figures = {
    kills: `${counts.kills} of ${kills}, ${counts.checks} checks of a seller's books after them`,
    requests: `${counts.requests}, ${counts.lost} without an answer`,
    'generations acknowledged': sum((end) => end.generations),
    'of these lost': sum((end) => end.lost),
    pictures: `${sum((end) => end.pictures)}, ${sum((end) => end.byQuota)} of them by quota`,
    'other backgrounds, each charged once': sum((end) => end.backgrounds),
    'ZIPs, each whole and resumed': sum((end) => end.archives),
    'orders paid, each credited once': `${credited.length} of ${orders.length} (${gatewaysOf(credited)})`,
    'held at the end': sum((end) => end.held),
    'credits brought': sum((end) => end.brought),
    '= available + held + spent + expired - owed': ['available', 'held', 'spent', 'expired', 'owed']
      .map((part) => sum((end) => end[part]))
      .join(' / '),
    'quiet after': quietMs === null ? 'not reached' : seconds(quietMs),
    took: seconds(tookMs),
    'broken promises': violations.length,
  }
  const lines = Object.entries(figures).map(([name, value]) => `${name.padEnd(44)} ${value}`)
  const broken = violations.slice(0, maxShown).map(({ rule, facts }) => `NOT TRUE: ${rule}\n  ${JSON.stringify(facts)}`)
  const where = [`history${violations.length > 0 ? ', data' : ''} and the server's log: ${folder}`]
  if (violations.length > 0) where.push(`again: --seed ${seed}`)
  return [...lines, ...broken, ...where].join('\n')
}

function gatewaysOf(orders) {
  const counts = new Map()
  for (const { gateway } of orders) counts.set(gateway, (counts.get(gateway) ?? 0) + 1)
  return [...counts].map(([gateway, count]) => `${gateway} ${count}`).join(', ') || 'none'
}
