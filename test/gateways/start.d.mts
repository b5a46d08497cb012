export type FakeServer = { url: string; stop: () => Promise<void> }
export type FakeDuitku = FakeServer & { merchantCode: string; apiKey: string }
export type FakeMidtrans = FakeServer & { merchantId: string; serverKey: string }
export function startGateways(options?: {
  port?: number
  duitku?: { merchantCode?: string; apiKey?: string; scheme?: 'hmac-sha256' | 'md5' }
  midtrans?: { merchantId?: string; serverKey?: string }
}): Promise<{ duitku: FakeDuitku; midtrans: FakeMidtrans; stop: () => Promise<unknown> }>
