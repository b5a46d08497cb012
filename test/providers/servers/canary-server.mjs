// A server that nobody may call: an answer of a provider points at it, and its counters say whether somebody followed.
import { makePlan } from './faults.mjs'
import { serve } from './http.mjs'

/** Starts it. It answers every call with a page, counted as a download. */
export async function startCanary({ port = 0 } = {}) {
  const plan = makePlan()
  const server = await serve(async (request) => {
    const answer = await plan.control(request)
    return answer ?? plan.meet('download', request, () => ({ status: 200, text: '<html>canary</html>' }))
  }, port)
  return { ...server, key: '' }
}
