/** Who is on record; see statements.mjs, also for what each list of statements answers. */
export type Operator = { actor: string; requestId: string; nowMs: number }

export function setRole(asked: { email: string; role: 'admin' | 'user' }, operator: Operator): string[]
export function listAdmins(): string[]
export function listPrices(nowMs: number): string[]
export function addPrice(
  asked: { app: string; action: string; credits: number; fromMs: number },
  operator: Operator,
): string[]
export function listProducts(): string[]
export function setProduct(
  asked: { id: string; amountRupiah?: number | undefined; isOnSale?: boolean | undefined },
  operator: Operator,
): string[]

/** A text as an SQLite literal. */
export function text(value: string): string
