/** Exponential delay in whole seconds: base, 2 base, 4 base ... up to `maxSeconds`. `attempt` counts from 1. */
export const backoffSeconds = (attempt: number, baseSeconds = 2, maxSeconds = 300): number =>
  Math.min(maxSeconds, baseSeconds * 2 ** Math.min(Math.max(attempt - 1, 0), 20))
