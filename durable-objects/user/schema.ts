/** Appends only: a step that landed is never edited, because objects in the field have run it. */
export const STEPS: readonly string[] = [
  `
  CREATE TABLE owner(user_id TEXT NOT NULL, opened_at INTEGER NOT NULL, mirrored_seq INTEGER NOT NULL DEFAULT 0) STRICT;

  CREATE TABLE session(
    id TEXT PRIMARY KEY, refresh_hash TEXT NOT NULL, parent_hash TEXT, parent_until INTEGER, user_agent TEXT NOT NULL,
    created_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, revoked_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE credit_grant(
    id TEXT PRIMARY KEY, source TEXT NOT NULL, category TEXT NOT NULL CHECK(category IN ('promo', 'paid')),
    priority INTEGER NOT NULL, credits INTEGER NOT NULL CHECK(credits > 0),
    available INTEGER NOT NULL CHECK(available >= 0), held INTEGER NOT NULL CHECK(held >= 0),
    spent INTEGER NOT NULL CHECK(spent >= 0), expired INTEGER NOT NULL CHECK(expired >= 0),
    expires_at INTEGER, created_at INTEGER NOT NULL,
    CHECK(credits = available + held + spent + expired)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE entry(
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK(kind IN ('grant', 'hold', 'settle', 'release', 'expire')),
    from_account TEXT NOT NULL, to_account TEXT NOT NULL CHECK(to_account <> from_account),
    credits INTEGER NOT NULL CHECK(credits > 0), grant_id TEXT NOT NULL, reference TEXT NOT NULL, at INTEGER NOT NULL,
    available_after INTEGER NOT NULL CHECK(available_after >= 0), held_after INTEGER NOT NULL CHECK(held_after >= 0),
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  -- A replacing insert deletes without firing the delete trigger (recursive_triggers is off): refused here.
  CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
    WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry) OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

  CREATE TABLE hold(
    job_id TEXT PRIMARY KEY, credits INTEGER NOT NULL CHECK(credits >= 0), charged INTEGER NOT NULL DEFAULT 0,
    released INTEGER NOT NULL DEFAULT 0, quota_day INTEGER, quota_poses INTEGER NOT NULL DEFAULT 0 CHECK(quota_poses >= 0),
    closed_at INTEGER,
    CHECK(charged >= 0 AND released >= 0 AND charged + released <= credits),
    CHECK(closed_at IS NULL OR (charged + released = credits AND quota_poses = 0))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hold_part(
    job_id TEXT NOT NULL, position INTEGER NOT NULL, grant_id TEXT NOT NULL, held INTEGER NOT NULL CHECK(held >= 0),
    PRIMARY KEY(job_id, position)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE unlimited(only INTEGER PRIMARY KEY CHECK(only = 1), daily_quota INTEGER NOT NULL CHECK(daily_quota > 0),
    expires_at INTEGER) STRICT;
  CREATE TABLE quota_day(
    day INTEGER PRIMARY KEY, used INTEGER NOT NULL CHECK(used >= 0), held INTEGER NOT NULL CHECK(held >= 0)
  ) STRICT;

  CREATE TABLE job(
    id TEXT PRIMARY KEY, app TEXT NOT NULL, project_id TEXT NOT NULL, type TEXT NOT NULL, text_prompt TEXT,
    params TEXT NOT NULL, fund TEXT NOT NULL CHECK(fund IN ('credits', 'unlimited')),
    pose_credits INTEGER NOT NULL, background_credits INTEGER NOT NULL, task_window INTEGER NOT NULL CHECK(task_window > 0),
    total INTEGER NOT NULL CHECK(total > 0), completed INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0, next_position INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 1, project_due_at INTEGER, request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL, started_at INTEGER, cancelled_at INTEGER, ended_at INTEGER, give_up_at INTEGER NOT NULL,
    CHECK(completed >= 0 AND failed >= 0 AND cancelled >= 0 AND completed + failed + cancelled <= total)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX job_by_created ON job(created_at);
  CREATE INDEX job_open ON job(give_up_at) WHERE ended_at IS NULL;
  CREATE INDEX job_to_project ON job(project_due_at) WHERE project_due_at IS NOT NULL;

  CREATE TABLE task(
    job_id TEXT NOT NULL, position INTEGER NOT NULL, variation_key TEXT NOT NULL, image_id TEXT NOT NULL,
    name TEXT NOT NULL, pose_id TEXT, prompt TEXT NOT NULL, seed INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending'
      CHECK(state IN ('pending', 'queued', 'leased', 'done', 'failed', 'cancelled')),
    attempt INTEGER NOT NULL DEFAULT 0, sendings INTEGER NOT NULL DEFAULT 0, due_at INTEGER, error_code TEXT,
    PRIMARY KEY(job_id, position)
  ) STRICT, WITHOUT ROWID;
  -- What is in the queue or with a consumer: at most a window of tasks, however large the jobs are.
  CREATE INDEX task_in_flight ON task(due_at) WHERE state IN ('queued', 'leased');

  CREATE TABLE event(
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, type TEXT NOT NULL, generation_id TEXT, data TEXT NOT NULL
  ) STRICT;

  CREATE TABLE idempotency(
    route TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, answer TEXT NOT NULL, created_at INTEGER NOT NULL,
    PRIMARY KEY(route, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE ticket(hash TEXT PRIMARY KEY, session_id TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Refunds and chargebacks: entries of new kinds, with who asked and why, and what the user owes afterwards.
  DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_delete; DROP TRIGGER entry_no_replace;
  ALTER TABLE entry RENAME TO entry_before;
  CREATE TABLE entry(
    seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL
      CHECK(kind IN ('grant', 'hold', 'settle', 'release', 'expire', 'refund', 'reversal', 'recovery')),
    from_account TEXT NOT NULL, to_account TEXT NOT NULL CHECK(to_account <> from_account),
    credits INTEGER NOT NULL CHECK(credits > 0), grant_id TEXT NOT NULL, reference TEXT NOT NULL, at INTEGER NOT NULL,
    available_after INTEGER NOT NULL CHECK(available_after >= 0), held_after INTEGER NOT NULL CHECK(held_after >= 0),
    owed_after INTEGER NOT NULL CHECK(owed_after >= 0), memo TEXT CHECK(memo IS NULL OR json_valid(memo)),
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL
  ) STRICT;
  INSERT INTO entry SELECT seq, key, kind, from_account, to_account, credits, grant_id, reference, at, available_after,
    held_after, 0, NULL, previous_hash, hash FROM entry_before ORDER BY seq;
  DROP TABLE entry_before;
  CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;
  CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry
    WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM entry) OR EXISTS (SELECT 1 FROM entry WHERE key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'entries are append-only'); END;

  ALTER TABLE credit_grant RENAME TO grant_before;
  CREATE TABLE credit_grant(
    id TEXT PRIMARY KEY, source TEXT NOT NULL, category TEXT NOT NULL CHECK(category IN ('promo', 'paid')),
    priority INTEGER NOT NULL, credits INTEGER NOT NULL CHECK(credits > 0),
    available INTEGER NOT NULL CHECK(available >= 0), held INTEGER NOT NULL CHECK(held >= 0),
    spent INTEGER NOT NULL CHECK(spent >= 0), expired INTEGER NOT NULL CHECK(expired >= 0),
    reversed INTEGER NOT NULL DEFAULT 0 CHECK(reversed >= 0), expires_at INTEGER, created_at INTEGER NOT NULL,
    CHECK(credits = available + held + spent + expired + reversed)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO credit_grant SELECT id, source, category, priority, credits, available, held, spent, expired, 0,
    expires_at, created_at FROM grant_before;
  DROP TABLE grant_before;

  ALTER TABLE hold ADD COLUMN refunded INTEGER NOT NULL DEFAULT 0 CHECK(refunded >= 0 AND refunded <= charged);
  -- Every command sums what open holds have left.
  CREATE INDEX hold_open ON hold(job_id) WHERE closed_at IS NULL;

  -- What an order should have credited (target), and how the ledger got there.
  CREATE TABLE purchase(
    payment_id TEXT PRIMARY KEY, product_id TEXT NOT NULL, gateway TEXT NOT NULL,
    credits INTEGER NOT NULL CHECK(credits >= 0), target INTEGER NOT NULL CHECK(target BETWEEN 0 AND credits),
    grants INTEGER NOT NULL, granted INTEGER NOT NULL, reversals INTEGER NOT NULL, reversed INTEGER NOT NULL,
    owed INTEGER NOT NULL CHECK(owed >= 0),
    CHECK(granted - reversed = target), CHECK(owed <= reversed)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX purchase_owed ON purchase(payment_id) WHERE owed > 0;
  INSERT INTO purchase SELECT substr(id, 9), 'unknown', 'simulated', credits, credits, 1, credits, 0, 0, 0
    FROM credit_grant WHERE id LIKE 'payment:%';
  -- One check of an order at a time. The number fences off a check that was overtaken.
  CREATE TABLE payment_check(
    payment_id TEXT PRIMARY KEY, check_no INTEGER NOT NULL, leased_until INTEGER, again INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE plan_period(
    id TEXT PRIMARY KEY, product_id TEXT NOT NULL, daily_quota INTEGER NOT NULL CHECK(daily_quota >= 0),
    starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL CHECK(ends_at > starts_at),
    grace_until INTEGER NOT NULL CHECK(grace_until >= ends_at), cancelled_at INTEGER, voided_at INTEGER
  ) STRICT, WITHOUT ROWID;
  INSERT INTO plan_period SELECT 'unlimited', 'unlimited', daily_quota, 0, COALESCE(expires_at, 253402300799000),
    COALESCE(expires_at, 253402300799000), NULL, NULL FROM unlimited WHERE COALESCE(expires_at, 1) > 0;
  DROP TABLE unlimited;

  CREATE TABLE quote(
    id TEXT PRIMARY KEY, app TEXT NOT NULL, fingerprint TEXT NOT NULL, pictures INTEGER NOT NULL CHECK(pictures > 0),
    fund TEXT NOT NULL CHECK(fund IN ('credits', 'unlimited')), pose_credits INTEGER NOT NULL CHECK(pose_credits >= 0),
    background_credits INTEGER NOT NULL CHECK(background_credits >= 0), expires_at INTEGER NOT NULL, used_by TEXT
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the runner knows of a picture between two messages (providers/run-state.ts), as JSON: above all the handle of a
  -- job upstream, kept before it is first asked for. An attempt is a claim; a try is one that ended badly.
  ALTER TABLE task ADD COLUMN run TEXT CHECK(run IS NULL OR json_valid(run));
  ALTER TABLE task ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
  UPDATE task SET tries = MAX(0, attempt - (state = 'leased')) WHERE state IN ('queued', 'leased');
  -- Which of the job's own poses (params.drafts) this picture has; NULL: one of the library.
  ALTER TABLE task ADD COLUMN draft INTEGER;
  -- Since when the job waits for providers that are down.
  ALTER TABLE job ADD COLUMN delayed_at INTEGER;
  -- Pictures that we had to pay for and the user did not: called off while they were made, or not fit to be seen.
  ALTER TABLE job ADD COLUMN wasted INTEGER NOT NULL DEFAULT 0 CHECK(wasted >= 0);
  `,
  `
  -- What became of the pose requests that this user made or voted for, as far as it was told: each once.
  CREATE TABLE announcement(request_id TEXT PRIMARY KEY, step INTEGER NOT NULL, told_at INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  `,
]

/**
 * Brings an object's schema up to date, each step whole or not at all; `steps` is for tests that stop on the way.
 * Throws when the object has run more steps than this code knows: older code must not touch newer data.
 */
export function migrate(storage: DurableObjectStorage, steps: readonly string[] = STEPS): void {
  storage.transactionSync(() => {
    const { sql } = storage
    sql.exec('CREATE TABLE IF NOT EXISTS schema_step(step INTEGER PRIMARY KEY) STRICT')
    const done = Number(sql.exec('SELECT COUNT(*) AS done FROM schema_step').one().done)
    if (done > steps.length) throw new Error(`this object is at schema step ${done}, the code knows ${steps.length}`)
    for (let step = done; step < steps.length; step++) {
      sql.exec(steps[step]!)
      sql.exec('INSERT INTO schema_step(step) VALUES (?)', step + 1)
    }
  })
}
