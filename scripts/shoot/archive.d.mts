import type { Api } from './client.mjs'

type Built = { done: number; failed: number; total: number }
export function saveArchive(
  api: Api,
  order: { generationId: string; formats: string[]; dir: string; onProgress: (built: Built) => void },
): Promise<{ path: string | null; bytes: number; failed: number }>
