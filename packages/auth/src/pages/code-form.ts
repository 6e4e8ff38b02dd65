import type { Reply } from '@glia/http'
import { html } from '../html.ts'
import { csrfField, notice, textField } from './layout.ts'
import type { Visit } from './visit.ts'

/** Asks for the code from an e-mail; offers to send another. */
export function showCodeForm(visit: Visit, view: { action: string; address: string; problem?: string; isSentAgain?: boolean }): Reply {
  return visit.show({
    title: 'Confirm your e-mail address',
    status: view.problem === undefined ? 200 : 400,
    body: html`${view.problem === undefined ? undefined : notice('error', view.problem)}
${view.isSentAgain && notice('done', 'Another code is on its way.')}
<p>Six digits were sent to <strong>${view.address}</strong>. They work for five minutes.</p>
<form method="post" action="${view.action}">${csrfField(visit.csrf)}
${textField({ name: 'code', label: 'Code', autocomplete: 'one-time-code', isCode: true, isFocused: true })}
<button type="submit">Confirm</button></form>
<form method="post" action="${view.action}">${csrfField(visit.csrf)}
<input type="hidden" name="action" value="resend">
<p>Nothing there? <button class="plain" type="submit">Send another code</button></p></form>`,
  })
}

export const WRONG_CODE = 'This code is wrong or too old.'
export const TOO_MANY_MESSAGES = 'Too many messages were sent. Wait a while.'
