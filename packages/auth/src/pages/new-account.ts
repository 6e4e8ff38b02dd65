import { MatrixError } from '@glia/contract'
import type { HomeserverLink } from '../homeserver-link.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { textField } from './layout.ts'
import { problemOfPassword } from './password-rule.ts'

/** What somebody typed to get an account. */
export interface NewAccountForm {
  readonly username?: string | undefined
  readonly password?: string | undefined
  readonly password_confirm?: string | undefined
}

/** @returns what is wrong, for the person; or the name and password as they will be used */
export async function checkNewAccount(
  homeserver: HomeserverLink,
  form: NewAccountForm,
): Promise<{ problem: string } | { localpart: string; password: string }> {
  const password = form.password ?? ''
  const checked = await checkLocalpart(homeserver, form.username)
  if ('problem' in checked) return checked
  const problem = problemOfPassword(password, form.password_confirm)
  return problem === undefined ? { ...checked, password } : { problem }
}

/** @returns what is wrong with the name, for the person; or the name as it will be used */
export async function checkLocalpart(
  homeserver: HomeserverLink,
  username: string | undefined,
): Promise<{ problem: string } | { localpart: string }> {
  const localpart = (username ?? '').trim().toLowerCase()
  if (localpart === '') return { problem: 'A user name is missing.' }
  try {
    await homeserver.checkLocalpartAvailable(localpart)
    return { localpart }
  } catch (error) {
    if (error instanceof MatrixError) return { problem: error.message }
    throw error
  }
}

export function newAccountFields(username: string, serverName: string): Html {
  return html`${textField({
    name: 'username',
    label: 'User name',
    value: username,
    autocomplete: 'username',
    hint: `Small letters, digits and . _ = - / + are allowed. The account will be called @name:${serverName}.`,
    isFocused: true,
  })}
${textField({ name: 'password', label: 'Password', type: 'password', autocomplete: 'new-password' })}
${textField({ name: 'password_confirm', label: 'Password, once more', type: 'password', autocomplete: 'new-password' })}`
}
