import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StaticFile } from './static-folder.ts'

const GUIDES = join(import.meta.dirname, '../../../../docs')
const GUIDE_NAME = /^[a-z][a-z-]*$/

/**
 * A page of the guide as HTML: the Markdown that stands in `docs/`, so that what the repository and the server say is one text.
 * @param name without `.md`
 */
export async function findGuide(name: string): Promise<StaticFile | undefined> {
  if (!GUIDE_NAME.test(name)) return undefined
  const markdown = await readFile(join(GUIDES, `${name}.md`), 'utf8').catch(() => undefined)
  if (markdown === undefined) return undefined
  const body = Buffer.from(await pageOf(markdown))
  return {
    contentType: 'text/html; charset=utf-8',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`,
    body,
    gzipped: undefined,
  }
}

async function pageOf(markdown: string): Promise<string> {
  // only when it is asked for: starting the server does not wait for it
  const { Marked } = await import('marked')
  const marked = new Marked({
    gfm: true,
    // pages link to each other as files; here they have no ending
    walkTokens: (token) => {
      if (token.type === 'link') token.href = token.href.replace(/^(\.\/)?([a-z-]+)\.md(#.*)?$/, '$2$3')
    },
  })
  const title = /^# (.+)$/m.exec(markdown)?.[1] ?? 'Guide'
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Glia</title>
<link rel="stylesheet" href="docs.css">
</head>
<body class="guide"><main>
${marked.parse(markdown, { async: false })}</main></body>
</html>
`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
