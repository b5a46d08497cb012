export const BUGS: Record<string, object[]>
export function makeBrokenTree(bug: string): { tree: string; remove: () => void }
