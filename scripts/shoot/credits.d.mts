export type Pack = { id: string; kind: string; credits: number }
export function smallestPack<P extends Pack>(products: P[], missing: number): P | undefined
