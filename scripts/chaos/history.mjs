// What happened, line by line, for whoever has to find out why.
import { createWriteStream } from 'node:fs'

/** Appends `{ atMs, ...line }` to a JSONL file; `atMs` counts from the start of the run. */
export function openHistory(path, now = () => performance.now()) {
  const file = createWriteStream(path)
  const startedMs = now()
  return {
    path,
    write: (line) => void file.write(`${JSON.stringify({ atMs: Math.round(now() - startedMs), ...line })}\n`),
    close: () => new Promise((done) => file.end(done)),
  }
}
