/** Longest side and largest area of any picture coded here. A4 at 300 dpi is 2480 x 3508 = 8.7 Mpx. */
export const MAX_IMAGE_SIDE = 8192
export const MAX_IMAGE_PIXELS = 16 * 1024 * 1024

/**
 * Largest inflated PNG. 8 Mpx of 8-bit RGBA are 32 MiB; 16-bit RGBA of that size would need 64 MiB beside its 32 MiB of
 * decoded pixels, more than an isolate of 128 MB can give.
 */
export const MAX_INFLATED_BYTES = 40 * 1024 * 1024

/** Linear memory of one kernel. Coding works in bands and needs 1-8 MiB; only the tokens of a huge noisy JPEG need more. */
export const MAX_ARENA_BYTES = 96 * 1024 * 1024

/** Text chunks of one PNG: enough for provenance, not for a file in disguise. */
export const MAX_TEXT_ENTRIES = 16
export const MAX_TEXT_BYTES = 8 * 1024
