export function fileStem(variationKey: string, place: number, total: number): string
