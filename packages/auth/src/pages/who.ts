import { type Html, html } from '../html.ts'
import { type Continuation, withContinuation } from './continuation.ts'
import { csrfField } from './layout.ts'
import type { SignedIn, Visit } from './visit.ts'

/** Says as whom one is signed in, with a way to be somebody else. */
export function signedInAs(visit: Visit, { user }: SignedIn, continuation: Continuation): Html {
  return html`<div class="who">
<div><span class="name">${user.displayName ?? user.userId}</span><span class="id">${user.userId}</span></div>
${anotherAccount(visit, continuation)}
</div>`
}

export function anotherAccount(visit: Visit, continuation: Continuation): Html {
  return html`<form method="post" action="${withContinuation('/logout', continuation)}">${csrfField(visit.csrf)}
<button class="plain" type="submit">Use another account</button></form>`
}
