/** Prices in credits; one credit is Rp 100 (B-01, B-02). A job keeps the prices it was started with. */
export const PRICES = { version: 1, poseCredits: 30, backgroundCredits: 10 } as const

export const RUPIAH_PER_CREDIT = 100

/** What a task may cost at most. What it does cost is decided when it ends. */
export type TaskPrice = { poseCredits: number; backgroundCredits: number }
