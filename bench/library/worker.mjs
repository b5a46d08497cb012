// The real Worker, with three doors for the bench: a route that does nothing, answers without the edge cache, and what a
// request asks of the database. Requests come one at a time, so one flag for the whole isolate is enough.
import worker from '../../src/worker'

export { AttemptsObject, ProviderObject, UserObject } from '../../src/worker'

/** One address of the bench searches more often than one person may: each object gets only so many of its calls. */
const CALLS_PER_OBJECT = 15

let isCold = false
let calls = 0

const edge = caches.default
Object.defineProperty(globalThis, 'caches', {
  value: {
    default: {
      match: async (...args) => (isCold ? undefined : edge.match(...args)),
      put: (...args) => edge.put(...args),
      delete: (...args) => edge.delete(...args),
    },
  },
})

export default {
  ...worker,
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url)
    if (pathname === '/bench/empty') return new Response('ok')
    if (pathname === '/bench/select') return Response.json((await env.DB.prepare('select 1').all()).results)
    if (pathname === '/bench/write') return Response.json(await changeLibrary(env.DB))
    const mode = request.headers.get('x-bench')
    isCold = mode === 'cold' || mode === 'count'
    const patient = { ...env, ATTEMPTS: spreadOver(env.ATTEMPTS) }
    if (mode !== 'count') return worker.fetch(request, patient, context)
    const statements = []
    const answer = await worker.fetch(request, { ...patient, DB: counted(env.DB, statements) }, context)
    const body = await answer.text()
    return Response.json({ status: answer.status, bytes: body.length, body, statements })
  },
}

/** What every change of the catalogue does, so that nothing remembered of it is used any more. */
const changeLibrary = (db) => db.prepare('update library_state set version = version + 1 where id = 1').run()

const spreadOver = (namespace) => ({
  getByName: (name) => namespace.getByName(`${name}#${Math.floor(calls++ / CALLS_PER_OBJECT)}`),
})

/** D1 that notes each statement, and how many rows it read and answered, by D1's own count (meta.rows_read). */
function counted(db, statements) {
  const originals = new WeakMap()
  const note = (sql, params, { results, meta }) =>
    statements.push({ sql, params, rowsRead: meta.rows_read, rowsWritten: meta.rows_written, rows: results.length })
  const wrap = (sql, statement, params) => {
    const all = async () => {
      const answer = await statement.all()
      note(sql, params, answer)
      return answer
    }
    const own = {
      all,
      run: all,
      bind: (...values) => wrap(sql, statement.bind(...values), values),
      // raw() tells nothing about rows: the statement runs once more for that. All of them only read.
      raw: async (options) => {
        await all()
        return statement.raw(options)
      },
      first: async (column) => {
        const { results } = await all()
        return column === undefined ? (results[0] ?? null) : (results[0]?.[column] ?? null)
      },
    }
    originals.set(own, { sql, statement, params })
    return own
  }
  return {
    prepare: (sql) => wrap(sql, db.prepare(sql), []),
    batch: async (list) => {
      const asked = list.map((each) => originals.get(each))
      const answers = await db.batch(asked.map(({ statement }) => statement))
      for (const [i, answer] of answers.entries()) note(asked[i].sql, asked[i].params, answer)
      return answers
    },
  }
}
