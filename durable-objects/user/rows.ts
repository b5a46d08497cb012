/** Rows of a query, typed by the caller who wrote the SQL beside it. */
export const all = <Row extends Record<string, SqlStorageValue>>(
  sql: SqlStorage,
  query: string,
  ...bindings: SqlStorageValue[]
): Row[] => sql.exec<Row>(query, ...bindings).toArray()

/** The first row, or undefined. */
export const first = <Row extends Record<string, SqlStorageValue>>(
  sql: SqlStorage,
  query: string,
  ...bindings: SqlStorageValue[]
): Row | undefined => sql.exec<Row>(query, ...bindings).toArray()[0]

/** One number, e.g. of `SELECT COALESCE(SUM(x), 0) AS n`. */
export const number = (sql: SqlStorage, query: string, ...bindings: SqlStorageValue[]): number =>
  Number(Object.values(sql.exec(query, ...bindings).one())[0])
