import type { Reply } from '@glia/http'
import { html } from '../html.ts'
import type { PolicyViolation } from '../policy/index.ts'
import type { Continuation } from './continuation.ts'
import { csrfField, notice } from './layout.ts'
import type { SignedIn, Visit } from './visit.ts'
import { signedInAs } from './who.ts'

/** Says what this account cannot give to the client, and leaves two ways on: another account, or back. */
export function refusedScopes(
  visit: Visit,
  view: {
    signedIn: SignedIn
    violations: readonly PolicyViolation[]
    continuation: Continuation
    cancelAction: string
    cancelValue: string
    formTarget?: string
  },
): Reply {
  return visit.show({
    title: 'This is not possible',
    status: 403,
    ...(view.formTarget === undefined ? {} : { formTarget: view.formTarget }),
    body: html`${notice('error', html`${view.violations.map(({ message }) => html`<p>${message}</p>`)}`)}
${signedInAs(visit, view.signedIn, view.continuation)}
<form method="post" action="${view.cancelAction}">${csrfField(visit.csrf)}
<button class="second" type="submit" name="action" value="${view.cancelValue}">Cancel</button></form>`,
  })
}
