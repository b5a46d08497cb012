// How `npm run admin` reaches D1: through wrangler, which knows the local folder and the account.
import { lastLines, run } from '../child-process.mjs'

/**
 * Runs statements as one transaction and answers the rows of each. Throws with what to do when the tables are missing.
 * `target`: `--remote`, or `--local` with or without `--persist-to DIR`.
 */
export async function execute(target, statements) {
  const command = ['d1', 'execute', 'DB', ...target, '--yes', '--json', '--command', `${statements.join(';\n')};`]
  const { code, output } = await run('wrangler', command)
  if (output.includes('no such table'))
    throw new Error(`The database has no tables yet: npx wrangler d1 migrations apply DB ${target.join(' ')}`)
  // wrangler may say something before its JSON, an old version or a missing secret for example.
  const found = /^\[\s*\{[\s\S]*^\]/m.exec(output)
  if (code !== 0 || !found) throw new Error(`The database did not answer (exit ${code})\n${lastLines(output, 10)}`)
  const answers = JSON.parse(found[0])
  if (answers.length !== statements.length || answers.some(({ success }) => success !== true))
    throw new Error(`The database answered ${answers.length} of ${statements.length} statements`)
  return answers.map(({ results }) => results)
}
