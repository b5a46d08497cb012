import type { Handler } from 'hono'
import { html } from 'hono/html'
import { poseGenerator } from './apps/pose-generator/app'
import { currentPrices, type PriceList, priceOf, RUPIAH_PER_CREDIT } from './credits/prices'
import type { AppEnv } from './http/app-env'

/** Poses that show at a glance what the library holds. */
const SHOWN = [
  'product-at-chest-right',
  'arms-crossed-confident',
  'armchair-chin-rest',
  'applaud-standing',
  'arm-overhead-frame',
  'apply-cream-cheek',
]

/** What somebody sees who opens the address in a browser: what this is, in Indonesian, and where to go on. */
export const homePage: Handler<AppEnv> = async (c) => {
  const { config, db, now } = c.var.ctx
  return c.html(page(config.WELCOME_CREDITS, await currentPrices(db, poseGenerator.id, now())))
}

const rupiah = (credits: number): string => `Rp ${(credits * RUPIAH_PER_CREDIT).toLocaleString('id-ID')}`

const preview = (id: string) =>
  html`<img src="/api/v1/apps/pose-generator/library/${id}/preview" width="320" height="320" alt="" loading="lazy">`

const page = (welcomeCredits: number, prices: PriceList) => html`<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="Foto produk dengan orang yang sama dalam puluhan pose, untuk UMKM.">
<title>Lumiku</title>
<style>
:root { color-scheme: light; --ink: #23202b; --quiet: #625d6e; --line: #e4e0ea; --accent: #4f46e5; }
* { box-sizing: border-box; }
body { margin: 0; font: 17px/1.55 system-ui, sans-serif; color: var(--ink); background: #faf9fc; }
main { max-width: 960px; margin: 0 auto; padding: 40px 20px 56px; }
h1 { margin: 0; font-size: clamp(30px, 7vw, 46px); line-height: 1.12; letter-spacing: -.02em; }
.brand { margin: 0 0 20px; font-weight: 700; color: var(--accent); }
.lead { max-width: 38em; margin: 16px 0 28px; font-size: 19px; }
.poses { display: grid; grid-template-columns: repeat(6, 1fr); gap: 10px; }
.poses img { width: 100%; height: auto; display: block; border-radius: 14px; border: 1px solid var(--line); background: #f4f2ee; }
.facts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 16px; margin: 32px 0; padding: 0; list-style: none; }
.facts b { display: block; font-size: 22px; }
.facts li, footer { color: var(--quiet); }
.facts b { color: var(--ink); }
a { color: var(--accent); }
code { padding: 2px 6px; border-radius: 6px; background: #efecf6; font-size: 15px; overflow-wrap: anywhere; }
footer { border-top: 1px solid var(--line); padding-top: 20px; }
@media (max-width: 640px) { .poses { grid-template-columns: repeat(3, 1fr); } .facts { grid-template-columns: 1fr; gap: 12px; } }
</style>
</head>
<body>
<main>
<p class="brand">Lumiku</p>
<h1>Satu orang, puluhan pose, siap diunggah ke toko</h1>
<p class="lead">Pilih avatar, pilih pose dari lebih dari 600 pose, tekan satu tombol. Foto datang satu per satu, ganti
latar bila perlu, lalu unduh semuanya.</p>
<div class="poses">${SHOWN.map(preview)}</div>
<ul class="facts">
<li><b>${rupiah(priceOf(prices, 'pose'))} per pose</b>${priceOf(prices, 'pose')} kredit, +${priceOf(prices, 'background')} dengan latar baru. Yang gagal tidak dibayar.</li>
<li><b>${welcomeCredits} kredit gratis</b>untuk setiap akun baru: pemotretan pertama tanpa biaya.</li>
<li><b>Untuk pengembang</b>semua lewat REST API, dengan kejadian langsung tanpa celah.</li>
</ul>
<footer lang="en">
<p>Lumiku makes studio-quality pictures of one person in dozens of poses, for small sellers. From a terminal:
<code>npm run shoot -- --poses "holding box" --count 8</code></p>
<p><a href="/openapi.json">OpenAPI 3.1</a> · <a href="/api/v1/apps/pose-generator/categories">Pose categories</a> ·
<a href="/api/v1/prices">Prices</a> · <a href="/health">Health</a></p>
</footer>
</main>
</body>
</html>`
