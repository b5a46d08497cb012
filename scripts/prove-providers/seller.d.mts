export function posesAndBatch(pictures: number): { poses: number; batchSize: number } | null
