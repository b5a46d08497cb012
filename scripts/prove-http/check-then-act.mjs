// The oldest mistake with money, for the proof to find: the balance is looked at, time passes, and the credits are taken
// without another look. What would stop it further down (the size of a grant, CHECKs of the tables) is taken away too,
// so that the overdraft really happens.

/** Replacements of the core's text: `find` must stand in `file` exactly `times` times. */
export const EDITS = [
  {
    file: 'durable-objects/user/user-object.ts',
    find: `  start(ask: StartAsk): StartAnswer {
    return this.#command((sql, now) => start(sql, ask, now))
  }`,
    replace: `  async start(ask: StartAsk): Promise<StartAnswer> {
    let checked: StartAnswer | undefined
    try {
      this.ctx.storage.transactionSync(() => {
        checked = start(this.#sql, ask, Date.now())
        throw new Error('only looking')
      })
    } catch (error) {
      if (!checked) throw error
    }
    if (!checked!.ok || checked!.replayed) return checked!
    await scheduler.wait(20)
    return this.#command((sql, now) => start(sql, { ...ask, isChecked: true } as StartAsk, now))
  }`,
    times: 1,
  },
  {
    file: 'durable-objects/user/start.ts',
    find: 'if (required > available || mayNot) return',
    replace: "if (!('isChecked' in ask) && (required > available || owed > 0)) return",
    times: 1,
  },
  {
    file: 'durable-objects/user/ledger.ts',
    find: `  const grants = all<Grant>(sql, \`SELECT * FROM credit_grant WHERE available > 0 ORDER BY \${BURN_ORDER}\`)
  for (const [position, { id, available }] of grants.entries()) {
    if (wanted === 0) break
    const part = Math.min(wanted, available)`,
    replace: `  const grants = all<Grant>(sql, \`SELECT * FROM credit_grant ORDER BY \${BURN_ORDER}\`)
  for (const [position, { id, available }] of grants.entries()) {
    if (wanted === 0) break
    const part = position === grants.length - 1 ? wanted : Math.min(wanted, available)
    if (part <= 0) continue`,
    times: 1,
  },
  {
    file: 'durable-objects/user/schema.ts',
    find: 'available INTEGER NOT NULL CHECK(available >= 0)',
    replace: 'available INTEGER NOT NULL',
    times: 2,
  },
  {
    file: 'durable-objects/user/schema.ts',
    find: 'available_after INTEGER NOT NULL CHECK(available_after >= 0)',
    replace: 'available_after INTEGER NOT NULL',
    times: 2,
  },
]
