type ModuleRunner = { import: (id: string) => Promise<unknown>; isAskedOnce?: true }

const MAIN = '/src/worker.ts'

/**
 * Has the plugin ask vitest for the Worker's module once. By itself it asks at every request and at every call of an
 * object, twice over a socket, which takes longer than most requests. It gets the same module each time, as all files
 * share one (isolate: false in vitest.config.ts). Without the plugin's runner, or with another one, nothing changes.
 */
export function askOnceForWorker(): void {
  const { moduleRunner: runner } =
    (globalThis as { __vitest_mocker__?: { moduleRunner?: ModuleRunner } }).__vitest_mocker__ ?? {}
  if (!runner || runner.isAskedOnce) return
  runner.isAskedOnce = true
  const ask = runner.import.bind(runner)
  let main: unknown
  runner.import = async (id) => {
    if (!id.endsWith(MAIN)) return ask(id)
    main ??= await ask(id)
    return main
  }
}
