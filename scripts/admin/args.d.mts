export class UsageError extends Error {}
export const help: string
export type AdminArgs = {
  command: string
  target?: string[]
  email?: string
  app?: string
  action?: string
  credits?: number
  fromMs?: number
  id?: string
  amountRupiah?: number | undefined
  isOnSale?: boolean | undefined
}
export function parseAdminArgs(argv: string[], nowMs?: number): AdminArgs
