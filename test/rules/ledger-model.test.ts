import { describe, expect, test } from 'vitest'
import { BUGS } from '../../scripts/prove/bugs'
import { written } from '../../scripts/prove/commands'
import { CORE, type Core } from '../../scripts/prove/core'
import { hunt } from '../../scripts/prove/hunt'
import { commandsOf, live, shrink } from '../../scripts/prove/life'
import { seedOfLife } from '../../scripts/prove/random'

const SEED = 20_261_120
/** These compute for seconds; a busy machine may need longer, which is no fault. */
const PATIENT = { timeout: 120_000 }

test('whatever a user does, the books say what plain arithmetic says (A12, A13, A19, A20, B4)', PATIENT, () => {
  expect(hunt(CORE, { seed: SEED, lists: 60 })).toBeNull()
})

test('long lives with crashes, duplicates and a clock that steps back leave nothing held (A20, B4)', PATIENT, () => {
  for (let user = 0; user < 4; user++) expect(live(commandsOf(seedOfLife(SEED, user), 500)).failure).toBeNull()
})

describe('a core that is wrong is found', () => {
  test('a start that checks and then acts is found by two requests at once', PATIENT, () => {
    const found = hunt(BUGS['check-then-act']!.core, { seed: SEED, lists: 500 })
    expect(found?.message).toContain('INSUFFICIENT_CREDITS')
    expect(found?.commands.at(-1)?.kind).toBe('race')
    expect(found?.commands.length).toBeLessThanOrEqual(2)
  })

  test('a picture charged twice is found, and the run that found it shrinks to a few commands', PATIENT, () => {
    const { core } = BUGS['double-charge']!
    const run = Array.from({ length: 9 }, (_, user) => live(commandsOf(seedOfLife(SEED, user), 300), core))
    const { failure } = run.find((life) => life.failure)!
    const shrunk = shrink(failure!.commands, core)!
    expect(shrunk.commands.length).toBeLessThanOrEqual(5)
    expect(['start', 'race']).toContain(shrunk.commands[0]?.kind)
    expect(live(shrunk.commands, core).failure?.message).toBe(shrunk.message)
  })

  test('a plan with a quota that is renewed early and loses the days left is found', PATIENT, () => {
    const core: Core = {
      ...CORE,
      converge: (command, call, now) => {
        const answer = CORE.converge(command, call, now)
        command((sql) =>
          sql.exec(
            `UPDATE plan_period SET starts_at = ?1 WHERE id = ?2 AND starts_at > ?1 AND daily_quota > 0
               AND EXISTS (SELECT 1 FROM plan_period AS other
                 WHERE other.id <> ?2 AND other.product_id = plan_period.product_id)`,
            ...[now, call.orderId],
          ),
        )
        return answer
      },
    }
    const run = Array.from({ length: 9 }, (_, user) => live(commandsOf(seedOfLife(SEED, user), 500), core))
    expect(run.find(({ failure }) => failure)?.failure?.message).toContain('period')
  })
})

/** Cores that lose or keep what goes on upstream, and so pay a provider twice or give a picture up too early. */
const LOSING: Record<string, Core> = {
  'a job upstream that is forgotten when its picture is given up': {
    ...CORE,
    failTask: (command, call, now) => {
      const answer = CORE.failTask(command, call, now)
      command((sql) => sql.exec("UPDATE task SET run = NULL WHERE state = 'failed'"))
      return answer
    },
  },
  'a consumer that was overtaken and still keeps its job upstream': {
    ...CORE,
    keepRun: (command, call, now) => {
      const attempt = command((sql) =>
        sql.exec('SELECT attempt FROM task WHERE job_id = ? AND position = ?', call.jobId, call.position).one(),
      )
      return CORE.keepRun(command, { ...call, attempt: Number(attempt.attempt) }, now)
    },
  },
  'a picture that loses a try by waiting': {
    ...CORE,
    finish: (command, call, now) => {
      const answer = CORE.finish(command, call, now)
      if (call.outcome === 'waiting' && answer.state === 'retrying')
        command((sql) =>
          sql.exec('UPDATE task SET tries = tries + 1 WHERE job_id = ? AND position = ?', call.jobId, call.position),
        )
      return answer
    },
  },
  'two messages of one attempt that both go on': {
    ...CORE,
    claim: (command, call, now) => CORE.claim(command, { ...call, after: null }, now),
  },
}

test.each(Object.entries(LOSING))('the bench finds %s', PATIENT, (_, core) => {
  const run = Array.from({ length: 9 }, (_, user) => live(commandsOf(seedOfLife(SEED, user), 500), core))
  // These cores write outside of the command that they follow, so a crash between the two is another fault of theirs.
  const { failure } = run.find((life) => life.failure && !life.failure.message.startsWith('a crash'))!
  expect(shrink(failure!.commands, core)!.commands.length).toBeLessThanOrEqual(6)
})

test('a seed is the same commands every time, and another seed others', () => {
  const lines = (seed: number) => commandsOf(seed, 50).map(written).join('\n')
  expect(lines(seedOfLife(1, 0))).toBe(lines(seedOfLife(1, 0)))
  expect(new Set([lines(seedOfLife(1, 0)), lines(seedOfLife(1, 1)), lines(seedOfLife(2, 0))]).size).toBe(3)
  expect(written({ kind: 'pass', unit: 1, amount: 2, direction: 3 })).toBe('pass(unit 1, amount 2, direction 3)')
})
