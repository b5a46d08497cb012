export type NamedPose = { id: string; name: string }
export function choosePictures(asked: {
  poses: NamedPose[]
  named: boolean
  count?: number | undefined
  variations?: number | undefined
}): { poses: NamedPose[]; variations: number; total: number; note: string | undefined }
