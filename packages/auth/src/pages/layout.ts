import { type Html, html } from '../html.ts'

/** A whole page. */
export function page(options: { title: string; serverName: string; body: Html; isWide?: boolean }): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${options.title} · ${options.serverName}</title>
<link rel="stylesheet" href="/assets/pages.css">
</head>
<body>
<header class="top"><span class="mark" aria-hidden="true"></span><span>${options.serverName}</span></header>
<main class="${options.isWide ? 'card wide' : 'card'}">
<h1>${options.title}</h1>
${options.body}
</main>
<footer>Glia</footer>
</body>
</html>
`.text
}

/** A message that is read out when the page opens. */
export function notice(kind: 'error' | 'warning' | 'done', message: Html | string): Html {
  return html`<div class="notice ${kind}" role="${kind === 'error' ? 'alert' : 'status'}">${message}</div>`
}

export function textField(options: {
  name: string
  label: string
  value?: string | undefined
  type?: 'text' | 'password' | 'email'
  /** Default: true. */
  isRequired?: boolean
  /** Digits only: phones show their keys. */
  isCode?: boolean
  autocomplete: string
  hint?: string
  isFocused?: boolean
}): Html {
  const { name, label, value, type = 'text', isRequired = true, isCode = false, autocomplete, hint, isFocused } = options
  const extras = html`${type === 'text' ? html` autocapitalize="none" spellcheck="false"` : undefined}${
    isCode ? html` inputmode="numeric" class="code"` : undefined
  }${isRequired ? html` required` : undefined}`
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value ?? ''}" autocomplete="${autocomplete}"${extras}${
    isFocused ? html` autofocus` : undefined
  }${hint === undefined ? undefined : html` aria-describedby="${name}-hint"`}>
${hint === undefined ? undefined : html`<p class="hint" id="${name}-hint">${hint}</p>`}
</div>`
}

export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`
}

export function checkbox(
  name: string,
  label: Html | string,
  options: { isRequired?: boolean; value?: string; isChecked?: boolean } = {},
): Html {
  const { isRequired = false, value = 'yes', isChecked = false } = options
  return html`<div class="check"><input type="checkbox" id="${name}" name="${name}" value="${value}"${isChecked && html` checked`}${isRequired && html` required`}>
<label for="${name}">${label}</label></div>`
}
