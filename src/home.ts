import type { Handler } from 'hono'
import type { AppEnv } from './http/app-env'

/** What somebody sees who opens the address in a browser, until the studio is served here. */
export const homePage: Handler<AppEnv> = (c) => c.html(PAGE)

const PAGE = `<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lumiku</title>
</head>
<body><h1>Lumiku</h1></body>
</html>`
