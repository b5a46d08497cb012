/**
 * A picture is decoded inside the isolate: 8 Mpx are 32 MiB of RGBA in the decoder and as much again outside of it, beside
 * the file, in 128 MB. The size limit of the file itself is MAX_UPLOAD_BYTES in kernel/limits.ts.
 */
export const MAX_UPLOAD_PIXELS = 8_000_000
export const MAX_UPLOAD_SIDE = 4096

/**
 * A JPEG of several scans (progressive) keeps the coefficients of the whole picture until the last. At 8 Mpx 4:2:0 they are
 * 24 MB and the decoder holds 63 MB in all; 4:4:4 would take 48 and 78 MB, too much beside the pixels that leave it.
 */
export const MAX_JPEG_COEFFICIENT_BYTES = 32 * 1024 * 1024
/** Every scan of a progressive JPEG costs a walk over all coefficients, however short it is. Encoders write about ten. */
export const MAX_JPEG_SCANS = 32
/** Segments, RIFF chunks: real files have a few dozen. */
export const MAX_SEGMENTS = 1_000

/** Colour profiles are half a kilobyte; those of printers, with tables, a megabyte or two, and are not applied anyway. */
export const MAX_PROFILE_BYTES = 1024 * 1024

/** Files of all requests that are read or decoded at one time in an isolate: two of the largest, or two dozen phone photos. */
export const MAX_ROOM_BYTES = 24 * 1024 * 1024

/** Earlier uploads named in the answer to a new one that looks like them. */
export const MAX_SIMILAR = 5
