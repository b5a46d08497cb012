// How fal says no, also through others' routers.

/** The words were not as they should be: 422, with what came as `input`. */
export function refusal(type, msg) {
  return { status: 422, json: { detail: [{ loc: ['body', 'prompt'], msg, type, input: 'a prompt' }] } }
}

/** Something at fal is broken. */
export function infrastructure(status, error_type, detail) {
  return {
    status,
    json: { detail, error_type },
    headers: { 'x-fal-error-type': error_type, 'x-fal-retryable': 'true' },
  }
}
