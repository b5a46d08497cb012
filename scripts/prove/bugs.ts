import { lastBalances } from '../../durable-objects/user/entries'
import { expireDue, grant } from '../../durable-objects/user/ledger'
import { start } from '../../durable-objects/user/start'
import { type Answer, BACKGROUND_CREDITS, productOf, type StartCall } from './calls'
import { CORE, type Command, type Core, startAsk, told } from './core'

/** Cores that are wrong on purpose, each as somebody once wrote it: the bench must find every one of them. */
export const BUGS: Record<string, { story: string; core: Core }> = {
  'check-then-act': {
    story: 'a start looks at the balance, lets go of it, and takes the hold without looking again',
    core: {
      ...CORE,
      race: (command, { asks }, now) => {
        const [one, other] = [startInTwoSteps(command, asks[0], now), startInTwoSteps(command, asks[1], now)]
        one.next()
        other.next()
        return { answers: [one.next().value!, other.next().value!] }
      },
    },
  },
  'double-charge': {
    story: 'a picture that is reported twice is charged twice',
    core: {
      ...CORE,
      finish: (command, call, now) =>
        command((sql) => {
          const { jobId, position, attempt } = call
          const open = 'SELECT 1 FROM job WHERE id = ?1 AND completed + failed + cancelled < total'
          sql.exec(
            `UPDATE task SET state = 'leased' WHERE job_id = ?1 AND position = ?2 AND attempt = ?3 AND state = 'done'
               AND EXISTS (${open})`,
            ...[jobId, position, attempt],
          )
          return CORE.finish((work) => work(sql), call, now)
        }),
    },
  },
  'credit-each-callback': {
    story: 'each paid callback credits the whole order, instead of what is missing',
    core: {
      ...CORE,
      converge: (command, call, now) => {
        const answer = CORE.converge(command, call, now)
        const { credits, source } = productOf(call.orderId)
        if (answer.change === 0 && answer.credited === credits && credits > 0)
          command((sql) => {
            const key = `payment:${call.orderId}:again:${lastBalances(sql).available}`
            return grant(sql, { key, source, category: 'paid', credits, expiresAt: null }, now)
          })
        return answer
      },
    },
  },
}

/** The check in one transaction, the act in the next; whoever calls decides what happens in between. */
function* startInTwoSteps(command: Command, call: StartCall, now: number): Generator<undefined, Answer> {
  const each = call.poseCredits + (call.background ? BACKGROUND_CREDITS : 0)
  const seen = command((sql) => {
    expireDue(sql, now)
    return lastBalances(sql).available
  })
  yield
  return command((sql) => {
    if (seen < call.poses * each) return told(start(sql, startAsk(call), now))
    // Good for it a moment ago, so it gets its pictures for whatever is left by now.
    const left = Math.min(each, Math.floor(lastBalances(sql).available / call.poses))
    return told(start(sql, startAsk({ ...call, background: false, poseCredits: left }), now))
  })
}
