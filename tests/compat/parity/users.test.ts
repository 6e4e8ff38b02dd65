import { compareWithSynapse } from './compare-with-synapse.ts'
import { accountStates } from './scenarios/account-states.ts'
import { deactivate } from './scenarios/deactivate.ts'
import { devices } from './scenarios/devices.ts'
import { loginAs } from './scenarios/login-as.ts'
import { registrationTokens } from './scenarios/registration-tokens.ts'
import { resetPassword } from './scenarios/reset-password.ts'
import { sharedSecretRegistration } from './scenarios/shared-secret-registration.ts'
import { userDetails } from './scenarios/user-details.ts'
import { userLimits } from './scenarios/user-limits.ts'
import { userModify } from './scenarios/user-modify.ts'
import { userRedaction } from './scenarios/user-redaction.ts'
import { usersList } from './scenarios/users-list.ts'
import { whois } from './scenarios/whois.ts'

compareWithSynapse('users', [
  usersList,
  userDetails,
  userModify,
  userLimits,
  userRedaction,
  deactivate,
  accountStates,
  resetPassword,
  whois,
  devices,
  loginAs,
  registrationTokens,
  sharedSecretRegistration,
])
