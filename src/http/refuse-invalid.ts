import type { z } from 'zod'
import { fail } from './errors'

/** Told at once: enough to mend a form, too little to make a large answer out of a small request. */
const MAX_ISSUES = 20
const MAX_FIELD_CHARACTERS = 100

const issuesOf = (target: string) => (issue: z.core.$ZodIssue) => {
  // The client's own words: cut, as they may be as long as the body.
  const named = (path: PropertyKey[]) => path.join('.').slice(0, MAX_FIELD_CHARACTERS) || target
  if (issue.code !== 'unrecognized_keys') return [{ field: named(issue.path), rule: issue.message }]
  const fields = issue.keys.map((key) => named([...issue.path, key]))
  return fields.map((field) => ({ field, rule: `there is no field ${field} in this request` }))
}

type Validation = { target: string; success: true } | { target: string; success: false; error: z.core.$ZodError }

/** Says which field broke which rule. A missing or malformed header is a 400, as the contract has it. */
export function refuseInvalid(result: Validation) {
  if (result.success) return
  const issues = result.error.issues.flatMap(issuesOf(result.target)).slice(0, MAX_ISSUES)
  throw fail(result.target === 'header' ? 'INVALID_HEADER' : 'VALIDATION_FAILED', { issues })
}
