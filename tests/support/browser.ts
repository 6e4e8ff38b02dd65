/** A form of a page: where it goes, and its hidden fields and buttons. */
export interface PageForm {
  readonly action: string
  readonly fields: Record<string, string>
}

export interface Page {
  readonly status: number
  readonly url: string
  readonly html: string
  readonly headers: Headers
  readonly forms: PageForm[]
}

/** A browser without script: keeps cookies, follows redirects within the server, fills in forms. */
export class TestBrowser {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  get cookies(): Map<string, string> {
    return this.#cookies
  }

  open(pathOrUrl: string): Promise<Page> {
    return this.#go('GET', new URL(pathOrUrl, this.#origin).href)
  }

  /** Sends the form of the page that leads to `action`, with its hidden fields and the given ones. */
  submit(page: Page, action: string | RegExp, fields: Record<string, string> = {}): Promise<Page> {
    const form = page.forms.find((candidate) => (typeof action === 'string' ? candidate.action === action : action.test(candidate.action)))
    if (!form) throw new Error(`no form to ${action} on ${page.url}: ${page.html}`)
    return this.post(form.action, { ...form.fields, ...fields })
  }

  post(path: string, fields: Record<string, string>): Promise<Page> {
    return this.#go('POST', new URL(path, this.#origin).href, new URLSearchParams(fields))
  }

  /** Signs in on the login page, wherever that leads. */
  async signIn(page: Page, user: { localpart: string; password: string }): Promise<Page> {
    return this.submit(page, /^\/login/, { username: user.localpart, password: user.password })
  }

  async #go(method: string, url: string, body?: URLSearchParams): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { method, redirect: 'manual', headers: { cookie }, ...(body && { body }) })
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split('=')
      if (/max-age=0/i.test(line)) this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (response.status >= 300 && response.status < 400 && location !== null) {
      const next = new URL(location, url)
      if (next.origin !== this.#origin) return { status: response.status, url: next.href, html: '', headers: response.headers, forms: [] }
      return this.#go('GET', next.href)
    }
    const html = await response.text()
    return { status: response.status, url, html, headers: response.headers, forms: formsOf(html) }
  }
}

function formsOf(html: string): PageForm[] {
  return [...html.matchAll(/<form method="post" action="([^"]*)">(.*?)<\/form>/gs)].map(([, action, inner]) => ({
    action: unescapeHtml(action!),
    fields: Object.fromEntries(
      [...inner!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(([, name, value]) => [name!, unescapeHtml(value!)]),
    ),
  }))
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
