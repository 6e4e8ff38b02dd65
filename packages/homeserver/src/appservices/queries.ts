import { type Logger, OutboundError } from '@glia/platform'
import { isOwnAlias, isOwnUser } from '@glia/protocol'
import { type AppserviceHttp, isSuccess, type RegisteredAppservice } from './appservice-http.ts'

export interface CallableAppservice extends RegisteredAppservice {
  readonly http: AppserviceHttp
}

/** Asking services for what is not there yet. Source: Application Service API, "Querying". */
export interface AppserviceQueries {
  /** Lets the services that have this user in their namespaces make it. @returns whether one says that it did */
  askForUser(userId: string): Promise<boolean>
  /** The same for a room with this alias. */
  askForAlias(alias: string): Promise<boolean>
}

export function createQueries(services: readonly CallableAppservice[], logger: Logger): AppserviceQueries {
  /** One after another, until one has it. */
  const ask = async (asked: readonly CallableAppservice[], path: string): Promise<boolean> => {
    for (const { service, http } of asked) {
      try {
        if (isSuccess(await http.call('GET', path))) return true
      } catch (error) {
        if (!(error instanceof OutboundError)) throw error
        logger.warn({ appservice: service.id, reason: error.message }, 'the application service does not answer a query')
      }
    }
    return false
  }
  const callable = services.filter(({ service }) => service.url !== undefined)
  return {
    askForUser: (userId) =>
      ask(
        callable.filter(({ service }) => isOwnUser(service, userId)),
        `users/${encodeURIComponent(userId)}`,
      ),
    askForAlias: (alias) =>
      ask(
        callable.filter(({ service }) => isOwnAlias(service, alias)),
        `rooms/${encodeURIComponent(alias)}`,
      ),
  }
}
