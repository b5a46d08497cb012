import type { ArchiveContents } from './zip/contents'

/** For whoever reads the files by program; moves on when a field changes its meaning. */
const MANIFEST_VERSION = 1

/**
 * `manifest.json` of an archive: how each picture came to be, what its files are, and what could not be made. Without the
 * recipe it leaves out prompts, seeds and models; that AI made the pictures it says all the same.
 */
export function manifestOf(contents: ArchiveContents): Uint8Array<ArrayBuffer> {
  const { id, name, createdAt, options, formats, pictures, failures } = contents
  const files = filesByPicture(contents)
  const manifest = {
    manifestVersion: MANIFEST_VERSION,
    generator: 'Lumiku',
    digitalSourceType: 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia',
    export: { id, name, createdAt: new Date(createdAt).toISOString(), fill: options.fill },
    formats,
    pictures: pictures.map(({ name: _, poseId, ...picture }, place) => ({
      id: picture.id,
      pose: poseId,
      simulated: picture.simulated,
      ...(options.withRecipe && {
        ...{ prompt: picture.prompt, seed: picture.seed, provider: picture.provider, model: picture.model },
        backgroundId: picture.backgroundId,
      }),
      files: files[place],
    })),
    failures: failures.map(({ imageId, name, format, code }) => ({ picture: imageId, name, format, code })),
  }
  return new Uint8Array(new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`))
}

function filesByPicture({ pictures, files }: ArchiveContents) {
  const byPicture = pictures.map(() => [] as object[])
  for (const { picture, name, format, widthPx, heightPx, sizeBytes, crc32, isPadded, keeps, quality } of files)
    byPicture[picture]!.push({
      ...{ name, format, width: widthPx, height: heightPx, bytes: sizeBytes },
      ...{ crc32: crc32.toString(16).padStart(8, '0'), padded: isPadded, keeps, quality },
    })
  return byPicture
}
