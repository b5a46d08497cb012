export type SiteApi = {
  get(path: string): Promise<unknown>
  post(path: string, json: unknown): Promise<unknown>
  patch(path: string, json: unknown): Promise<unknown>
}
export type SiteAsk = {
  id?: string
  poseId?: string
  status?: string
  search?: string
  notes?: string
  seen?: string
  poses?: unknown[]
  dryRun?: boolean
  change?: Record<string, unknown>
}
export const siteCommands: Record<
  string,
  (api: SiteApi, asked: SiteAsk) => Promise<{ lines: string[][]; isWhole?: boolean }>
>
