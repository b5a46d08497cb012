export class UsageError extends Error {}
export const help: string
export type AdminArgs = {
  command: string
  target?: string[]
  site?: { url: string; email: string }
  poseId?: string
  status?: string
  search?: string
  notes?: string
  seen?: string
  dryRun?: boolean
  change?: Record<string, unknown>
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
