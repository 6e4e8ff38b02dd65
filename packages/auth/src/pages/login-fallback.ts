import { readFileSync } from 'node:fs'
import { contract } from '@glia/contract'
import { Reply, type Route, route } from '@glia/http'
import type { Random } from '@glia/platform'
import type { HomeserverLink } from '../homeserver-link.ts'
import { Html, html } from '../html.ts'
import { inlineScript } from './inline-script.ts'
import { page, textField } from './layout.ts'
import { pageHeaders } from './visit.ts'

/** The page on which apps let their users log in that cannot do it themselves. It has a script: the specification wants one. */
export function loginFallbackRoutes(deps: { homeserver: HomeserverLink; random: Random }): Route[] {
  const script = new Html(readFileSync(new URL('./login-fallback.script.js', import.meta.url), 'utf8'))
  return [
    route(contract.pages.sso.showLoginFallback, async () => {
      const { scriptNonce, tag } = inlineScript(deps.random, script)
      const body = html`<div class="notice error" role="alert" id="problem" hidden></div>
<p id="waiting" role="status">One moment …</p>
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="ways" hidden>
<form id="with-password">
${textField({ name: 'username', label: 'User name or e-mail address', autocomplete: 'username' })}
${textField({ name: 'password', label: 'Password', type: 'password', autocomplete: 'current-password' })}
<button type="submit">Sign in</button>
</form>
<p id="elsewhere"><a id="sign-on">Sign in on another page</a></p>
<p id="no-way">Nobody can be signed in here just now.</p>
</div>
<p id="done" role="status" hidden>You are signed in. Go back to your app.</p>
${tag}`
      return Reply.html(200, page({ title: 'Sign in', serverName: deps.homeserver.serverName, body }), pageHeaders({ scriptNonce }))
    }),
  ]
}
