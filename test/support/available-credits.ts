import { number } from '../../durable-objects/user/rows'

/** Credits that could be held now, as the grants have them; the ledger's own word is `lastBalances`. */
export const availableCredits = (sql: SqlStorage): number =>
  number(sql, 'SELECT COALESCE(SUM(available), 0) FROM credit_grant')
