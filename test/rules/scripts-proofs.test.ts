import { execFile } from 'node:child_process'
import { expect, test } from 'vitest'

const node = (args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string }>((done) => {
    execFile(process.execPath, args, (error, stdout, stderr) =>
      done({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })

/** Mistyped, each with what is said about it and the exit code. */
const mistakes: [script: string, words: string, says: string, code: number][] = [
  ['prove', '--quickly', "Unknown option '--quickly'", 2],
  ['prove', '--ops 1e6', '--ops is a whole number', 2],
  ['prove', '--bug toString', 'no bug toString', 2],
  ['prove-http', '--quickly', "Unknown option '--quickly'", 1],
  ['prove-http', '--bug toString', '--bug is one of', 1],
  ['chaos', '--quickly', "Unknown option '--quickly'", 1],
  ['chaos', '--kills 0', '--kills is a whole number', 1],
]

test.each(mistakes)('%s %s is refused in words, before anything is started', async (script, words, says, code) => {
  const answer = await node([`scripts/${script}.mjs`, ...words.split(' ')])
  expect(answer).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(says) })
  expect(answer.stderr).not.toMatch(/^ {4}at /m)
})

test.each(['prove', 'prove-http', 'chaos'])(
  '%s --help says how to be called, and how to get the same run again',
  async (script) => {
    const { code, stdout } = await node([`scripts/${script}.mjs`, '--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/--seed .*[\s\S]*--help/)
  },
)
