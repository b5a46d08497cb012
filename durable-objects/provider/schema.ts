/** Appends only: a step that landed is never edited, because objects in the field have run it. */
export const STEPS: readonly string[] = [
  `
  -- One row: everything that is one number of this provider. A command reads it once and writes it at most once.
  CREATE TABLE meter(
    only INTEGER PRIMARY KEY CHECK(only = 1),
    -- Slots: what the settings allowed when last asked, how many of these are taken away, and why.
    max_slots INTEGER NOT NULL DEFAULT 1 CHECK(max_slots > 0), slots_cut INTEGER NOT NULL DEFAULT 0 CHECK(slots_cut >= 0),
    successes INTEGER NOT NULL DEFAULT 0, halved_at INTEGER NOT NULL DEFAULT 0, paused_until INTEGER NOT NULL DEFAULT 0,
    -- Circuit: closed while open_until is null. A call counts only in the epoch in which it was admitted.
    epoch INTEGER NOT NULL DEFAULT 0, streak INTEGER NOT NULL DEFAULT 0, open_until INTEGER,
    open_ms INTEGER NOT NULL DEFAULT 0, probe_oks INTEGER NOT NULL DEFAULT 0, down_since INTEGER,
    window_from INTEGER NOT NULL DEFAULT 0,
    -- Spending of one UTC day, without what leases have booked.
    spend_day INTEGER NOT NULL DEFAULT 0, spent INTEGER NOT NULL DEFAULT 0 CHECK(spent >= 0),
    durations_seen INTEGER NOT NULL DEFAULT 0, errors_seen INTEGER NOT NULL DEFAULT 0, median_ms INTEGER
  ) STRICT;
  INSERT INTO meter(only) VALUES (1);

  -- Slots in use, and those that ran out unsettled not long ago. A settled one is gone.
  CREATE TABLE lease(
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, epoch INTEGER NOT NULL, admitted_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, estimate INTEGER NOT NULL CHECK(estimate >= 0)
  ) STRICT, WITHOUT ROWID;

  -- Owners who were told to come again; leases is JSON: the pictures that wait, with the time when each is forgotten.
  CREATE TABLE waiter(
    owner TEXT PRIMARY KEY, weight REAL NOT NULL CHECK(weight > 0), since INTEGER NOT NULL, until INTEGER NOT NULL,
    leases TEXT NOT NULL CHECK(json_valid(leases))
  ) STRICT, WITHOUT ROWID;

  -- Five seconds each, of the last hour. calls and counted are those that the circuit looks at.
  CREATE TABLE bucket(
    start INTEGER PRIMARY KEY, admitted INTEGER NOT NULL DEFAULT 0, ok INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL DEFAULT 0, counted INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  -- Rings: the number wraps around, so the newest takes the oldest's row.
  CREATE TABLE duration(n INTEGER PRIMARY KEY, took_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE failure(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, code TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
  `,
]
