import { html } from '../html.ts'

/** What a message says; the same for both of its forms. */
export interface MailContent {
  readonly before: readonly string[]
  readonly link?: { readonly address: string; readonly label: string }
  readonly code?: string
  readonly after: readonly string[]
}

/** Lays a message out as text and as HTML that loads nothing. */
export function layMail(subject: string, appName: string, content: MailContent): { subject: string; text: string; html: string } {
  const { before, link, code, after } = content
  const paragraphs = [...before, ...(link ? [link.address] : []), ...(code === undefined ? [] : [`    ${code}`]), ...after, appName]
  const body = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${subject}</title></head>
<body style="font:16px/1.5 sans-serif;max-width:34em;margin:2em auto;padding:0 1em">
${before.map((text) => html`<p>${text}</p>`)}
${
  link &&
  html`<p><a href="${link.address}">${link.label}</a></p>
<p style="font-size:14px">Or copy this address into a browser: <br><span style="overflow-wrap:anywhere">${link.address}</span></p>`
}
${code !== undefined && html`<p style="font:700 24px monospace;letter-spacing:.2em">${code}</p>`}
${after.map((text) => html`<p>${text}</p>`)}
<p>${appName}</p>
</body>
</html>
`
  return { subject, text: `${paragraphs.join('\n\n')}\n`, html: body.text }
}
