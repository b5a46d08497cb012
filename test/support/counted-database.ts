import { env } from 'cloudflare:workers'

/** D1 as the code under test gets it, which tells `onRows` how many rows each statement wrote. */
export function countedDatabase(onRows: (rows: number) => void) {
  const originals = new WeakMap<object, D1PreparedStatement>()
  const add = <Result>(result: Result): Result => {
    for (const { meta } of [result].flat() as D1Result[]) onRows(meta.rows_written)
    return result
  }
  const counted = (statement: D1PreparedStatement): D1PreparedStatement => {
    const own = {
      bind: (...values: unknown[]) => counted(statement.bind(...values)),
      run: async () => add(await statement.run()),
      all: async () => add(await statement.all()),
      raw: (options: { columnNames: true }) => statement.raw(options),
      first: (column: string) => statement.first(column),
    } as unknown as D1PreparedStatement
    originals.set(own, statement)
    return own
  }
  return {
    prepare: (query: string) => counted(env.DB.prepare(query)),
    batch: async (statements: object[]) => add(await env.DB.batch(statements.map((each) => originals.get(each)!))),
  }
}
