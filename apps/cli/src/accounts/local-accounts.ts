import { MatrixError } from '@glia/contract'
import type { Environment } from '@glia/platform'
import { ConfigError, formatProblem, type OpenAdministration, openAdministration, type ServeOptions } from '@glia/server'
import { CliError } from '../errors.ts'
import type { AccountPlace } from './account-place.ts'

/** Opens the server's own database. @throws CliError when there is no server, or its configuration or database cannot be used */
export async function openServer(cli: Pick<ServeOptions, 'config' | 'dataDir'>, env: Environment): Promise<OpenAdministration> {
  try {
    return await openAdministration(cli, env)
  } catch (error) {
    if (error instanceof ConfigError) {
      throw new CliError('the server’s configuration cannot be used', { hints: error.problems.map(formatProblem), cause: error })
    }
    throw new CliError(`the server’s database cannot be opened: ${(error as Error).message || (error as { code?: string }).code}`, {
      cause: error,
    })
  }
}

export async function localAccounts(cli: Pick<ServeOptions, 'config' | 'dataDir'>, env: Environment): Promise<AccountPlace> {
  const server = await openServer(cli, env)
  return {
    description: `${server.serverName} (data folder ${server.dataDir})`,
    create: (account) => inWords(server.createUser(account)),
    setPassword: (name, password, options) => inWords(server.setPassword(name, password, options)),
    setAdmin: (name, isAdmin) => inWords(server.setAdmin(name, isAdmin)),
    close: () => server.close(),
  }
}

/** A refusal of the server as one of the command line. */
export async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (error instanceof MatrixError) throw new CliError(`${error.message} (${error.errcode})`, { cause: error })
    throw error
  }
}
