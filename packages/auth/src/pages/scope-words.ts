import { type Html, html } from '../html.ts'
import { apiScopes, authAdminScope, deviceScopePrefixes, serverAdminScope } from '../policy/index.ts'

/** Scopes that a person should think about, in words. */
const PRIVILEGED: Readonly<Record<string, string>> = {
  [serverAdminScope]: 'Administer this homeserver: see and change every user, room and file',
  [authAdminScope]: 'Administer accounts: see and change every account, its passwords and its sessions',
}

/** What a client may do if it is let in. Harmless scopes (who you are, which device) are not mentioned. */
export function scopeList(scopes: readonly string[]): Html {
  const privileged = scopes.filter((scope) => PRIVILEGED[scope] !== undefined)
  const usesApi = Object.values(apiScopes).some((scope) => scopes.includes(scope))
  const usesDevice = Object.values(deviceScopePrefixes).some((prefix) => scopes.some((scope) => scope.startsWith(prefix)))
  const items = [
    ...(usesApi ? [html`<li>Use your account: read and send messages, join rooms, change your profile</li>`] : []),
    ...(usesDevice ? [html`<li>Stay signed in as a device of yours</li>`] : []),
    ...privileged.map(privilegedItem),
  ]
  return items.length === 0 ? html`<p>It learns your name, and nothing else.</p>` : html`<ul class="scopes">${items}</ul>`
}

function privilegedItem(scope: string): Html {
  return html`<li class="privileged"><strong>${PRIVILEGED[scope]}</strong> <code>${scope}</code></li>`
}
