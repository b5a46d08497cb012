// What Ctrl-C means while a shoot runs.

/**
 * Ctrl-C: before the generation runs it leaves at once; then the first one cancels, the second one leaves. `cancelled`
 * resolves when the cancellation is through and rejects when the server refused it.
 */
export function interrupts() {
  let cancel
  let asked = false
  let done
  let failed
  const cancelled = new Promise((resolve, reject) => {
    done = resolve
    failed = reject
  })
  cancelled.catch(() => {})
  const onSignal = () => {
    if (asked || !cancel) {
      process.stderr.write('\n')
      process.exit(130)
    }
    asked = true
    cancel().then(done, failed)
  }
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal)
  return {
    cancelled,
    cancelWith(work) {
      cancel = work
    },
  }
}
