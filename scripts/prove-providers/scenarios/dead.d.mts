export const triesWithoutLine: number
