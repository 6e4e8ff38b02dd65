import type { Secret } from '@glia/platform'
import { type Appservice, makeUserId, type ServerName } from '@glia/protocol'
import type { Problem } from '../problems.ts'
import { type RegistrationFile, registrationFile } from '../registration-file.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { boolean, listOf } from '../types.ts'

export const appserviceFields = {
  app_service_config_files: setting(listOf(registrationFile, 'a list of paths'), {
    default: [],
    doc:
      'Registration files of application services (bridges, bots). A relative path starts at the folder of the configuration file that names it. ' +
      'They are read at the start.',
  }),
  track_appservice_user_ips: setting(boolean, {
    default: false,
    doc: 'Keep from which addresses application services act for their users, as for other users.',
  }),
} satisfies Record<string, Setting<unknown>>

export interface RegisteredAppservice {
  readonly service: Appservice
  /** With it the service calls the server. */
  readonly asToken: Secret
  /** With it the server calls the service. */
  readonly hsToken: Secret
}

export interface AppservicesConfig {
  readonly registrations: readonly RegisteredAppservice[]
  readonly userIpsTracked: boolean
}

/** @returns undefined, with the reasons among the problems, if registrations cannot stand beside each other */
export function appservicesConfig(
  values: ValuesOf<typeof appserviceFields>,
  serverName: string,
  problems: Problem[],
): AppservicesConfig | undefined {
  const files = values.app_service_config_files
  const found = problems.length
  for (const key of ['id', 'as_token', 'sender_localpart'] as const) refuseDuplicates(files, key, problems)
  if (problems.length > found) return undefined
  return {
    registrations: files.map((file) => ({
      service: appserviceOf(file, serverName as ServerName),
      asToken: file.as_token,
      hsToken: file.hs_token,
    })),
    userIpsTracked: values.track_appservice_user_ips,
  }
}

function refuseDuplicates(files: readonly RegistrationFile[], key: 'id' | 'as_token' | 'sender_localpart', problems: Problem[]): void {
  const seen = new Map<string, RegistrationFile>()
  for (const file of files) {
    const value = key === 'as_token' ? file.as_token.reveal() : file[key]
    const other = seen.get(value)
    if (other) problems.push({ at: file.placeOf(key), key, message: `is the same as in ${other.file}` })
    else seen.set(value, file)
  }
}

function appserviceOf(file: RegistrationFile, serverName: ServerName): Appservice {
  return {
    id: file.id,
    url: file.url ?? undefined,
    sender: makeUserId(file.sender_localpart, serverName),
    namespaces: file.namespaces,
    isRateLimited: file.rate_limited,
    protocols: file.protocols,
    receivesEphemeral: file.receive_ephemeral ?? file['de.sorunome.msc2409.push_ephemeral'],
    receivesKeyCounts: file['org.matrix.msc3202'],
    managesDevices: file['io.element.msc4190'],
  }
}
