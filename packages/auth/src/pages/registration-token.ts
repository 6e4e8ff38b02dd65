import { MatrixError } from '@glia/contract'
import type { AnyTransaction } from '@glia/database'
import type { Html } from '../html.ts'
import { textField } from './layout.ts'

/** Takes one use of a registration token, in the transaction that makes the account. @returns false: it is not usable */
export type SpendToken = (tx: AnyTransaction, token: string) => Promise<boolean>

/** @throws MatrixError M_UNAUTHORIZED, with a message for the person */
export async function spendOrRefuse(spend: SpendToken, tx: AnyTransaction, token: string): Promise<void> {
  if (!(await spend(tx, token))) throw new MatrixError('M_UNAUTHORIZED', 'The registration token is not valid.')
}

export function registrationTokenField(value: string): Html {
  return textField({
    name: 'token',
    label: 'Registration token',
    value,
    autocomplete: 'off',
    hint: 'You get it from whoever runs this server.',
  })
}
