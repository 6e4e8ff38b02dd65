import { compareWithSynapse } from './compare-with-synapse.ts'
import { account } from './scenarios/account.ts'
import { clientData } from './scenarios/client-data.ts'
import { keys } from './scenarios/keys.ts'
import { login } from './scenarios/login.ts'
import { membership } from './scenarios/membership.ts'
import { messages } from './scenarios/messages.ts'
import { profile } from './scenarios/profile.ts'
import { registration } from './scenarios/register.ts'
import { roomsCreate } from './scenarios/rooms-create.ts'
import { sync } from './scenarios/sync.ts'

compareWithSynapse('clients', [login, registration, account, profile, roomsCreate, membership, messages, sync, clientData, keys])
