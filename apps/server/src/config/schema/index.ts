import type { Fields } from '../setting.ts'
import { appserviceFields } from './appservices.ts'
import { authFields } from './auth.ts'
import { callsFields } from './calls.ts'
import { databaseFields } from './database.ts'
import { emailFields } from './email.ts'
import { gliaFields } from './glia.ts'
import { listenersFields } from './listeners.ts'
import { mediaFields } from './media.ts'
import { outboundFields } from './outbound.ts'
import { presenceFields } from './presence.ts'
import { pushFields } from './push.ts'
import { ratelimitingFields } from './ratelimiting.ts'
import { registrationFields } from './registration.ts'
import { retentionFields } from './retention.ts'
import { roomsFields } from './rooms.ts'
import { serverFields } from './server.ts'
import { urlPreviewFields } from './url-previews.ts'

/** The chapters of the configuration, in the order in which people read them. Keys are top-level keys of the file. */
export const chapters: readonly { readonly title: string; readonly fields: Fields }[] = [
  { title: 'Server', fields: serverFields },
  { title: 'Listeners', fields: listenersFields },
  { title: 'Database', fields: databaseFields },
  { title: 'Media', fields: mediaFields },
  { title: 'Registration', fields: registrationFields },
  { title: 'Sign-in', fields: authFields },
  { title: 'E-mail', fields: emailFields },
  { title: 'Rooms', fields: roomsFields },
  { title: 'Retention', fields: retentionFields },
  { title: 'Previews of web pages', fields: urlPreviewFields },
  { title: 'Push notifications', fields: pushFields },
  { title: 'Requests to other servers', fields: outboundFields },
  { title: 'Calls', fields: callsFields },
  { title: 'Application services', fields: appserviceFields },
  { title: 'Presence', fields: presenceFields },
  { title: 'Rate limits', fields: ratelimitingFields },
  { title: 'Settings of Glia', fields: gliaFields },
]

/** Every top-level key. */
export const allFields: Fields = Object.assign({}, ...chapters.map((chapter) => chapter.fields))
