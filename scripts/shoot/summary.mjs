// What came of a shoot: pictures, credits, time, folder.

/**
 * Adds up a shoot. `held`: credits reserved at the start; `generation`: as the API answers it at the end; `images`: its
 * results; `balance`: credits available afterwards; `elapsedMs`. Whole credits, seconds
 * with one decimal. `exitCode` is 0 when all were made, 130 when cancelled, 1 otherwise.
 */
export function summarize({
  asked,
  held,
  generation,
  progress,
  images,
  balance,
  elapsedMs,
  dir,
  files,
  sheet,
  downloadFailures,
  zip,
}) {
  const made = progress.posesCompleted
  const failed = progress.posesFailed
  const cancelled = generation.status === 'cancelled'
  const released = generation.creditRefunded
  return {
    generationId: generation.id,
    status: generation.status,
    pictures: { asked, made, failed, cancelled: progress.posesCancelled },
    credits: { held, charged: generation.creditCharged, released, balance },
    seconds: Math.round(elapsedMs / 100) / 10,
    picturesPerSecond: elapsedMs > 0 ? Math.round((made * 100_000) / elapsedMs) / 100 : 0,
    folder: dir,
    files,
    contactSheet: sheet ?? null,
    zip: zip || null,
    failures: [...images.filter((image) => image.status === 'failed').map(failureLine), ...downloadFailures],
    exitCode: cancelled ? 130 : made === asked && downloadFailures.length === 0 ? 0 : 1,
  }
}

/** Which picture failed, and why: `carry-box-v2: The picture was refused.` */
export function failureLine(image) {
  const reason = typeof image.error === 'string' ? image.error : (image.error?.message ?? image.error?.code)
  return `${image.variationKey}: ${reason ?? 'no reason given'}`
}

/** The summary as lines for a terminal. */
export function summaryText(summary) {
  const { pictures, credits } = summary
  const rows = [
    [
      'pictures',
      `${pictures.asked} asked, ${pictures.made} made, ${pictures.failed} failed, ${pictures.cancelled} cancelled`,
    ],
    [
      'credits',
      `${credits.held} held, ${credits.charged} charged, ${credits.released} released; balance ${credits.balance}`,
    ],
    ['time', `${summary.seconds} s, ${summary.picturesPerSecond} pictures/s`],
    ['folder', summary.files.length > 0 ? `${summary.folder} (${summary.files.length} files)` : 'nothing on disk'],
    ...(summary.contactSheet ? [['sheet', summary.contactSheet]] : []),
    ...(summary.zip ? [['zip', `${summary.zip.path} (${(summary.zip.bytes / 1e6).toFixed(1)} MB)`]] : []),
    ...summary.failures.slice(0, 20).map((line) => ['failed', line]),
  ]
  return rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`).join('\n')
}
