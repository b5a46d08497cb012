import { env } from 'cloudflare:workers'

/** D1 as the code under test gets it, which tells `onRows` how many rows each statement wrote and read. */
export function countedDatabase(onRows: (written: number, read: number) => void) {
  const originals = new WeakMap<object, D1PreparedStatement>()
  const add = <Result>(result: Result): Result => {
    for (const { meta } of [result].flat() as D1Result[]) onRows(meta.rows_written, meta.rows_read)
    return result
  }
  const counted = (query: string, statement: D1PreparedStatement): D1PreparedStatement => {
    const own = {
      bind: (...values: unknown[]) => counted(query, statement.bind(...values)),
      run: async () => add(await statement.run()),
      all: async () => add(await statement.all()),
      // Its answer says nothing of rows: what only reads is asked once more for them.
      raw: async (options: { columnNames: true }) => {
        if (/^\s*(select|with)\b/i.test(query)) add(await statement.all())
        return statement.raw(options)
      },
      first: (column: string) => statement.first(column),
    } as unknown as D1PreparedStatement
    originals.set(own, statement)
    return own
  }
  return {
    prepare: (query: string) => counted(query, env.DB.prepare(query)),
    batch: async (statements: object[]) => add(await env.DB.batch(statements.map((each) => originals.get(each)!))),
  }
}
