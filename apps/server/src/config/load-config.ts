import { resolve } from 'node:path'
import type { Environment, Secret } from '@glia/platform'
import type { Config } from './config.ts'
import { isList, isMap, type Located } from './located.ts'
import { given, overlay, type ServeOptions } from './overlay.ts'
import { ConfigError, type ConfigWarning, type Problem } from './problems.ts'
import { fileOr, readEither, readEncryptionKey, readRsaKey, readSecret, readServerSigningKey } from './read-secrets.ts'
import { readConfigFiles, type TopLevel } from './read-yaml.ts'
import { appserviceFields, appservicesConfig } from './schema/appservices.ts'
import { authConfig, authFields } from './schema/auth.ts'
import { callsConfig, callsFields } from './schema/calls.ts'
import { staticClients } from './schema/clients.ts'
import { databaseFields } from './schema/database.ts'
import { remoteAuth } from './schema/delegation.ts'
import { emailConfig, emailFields } from './schema/email.ts'
import { gliaFields, logConfig, mediaQuotaConfig, reportsConfig } from './schema/glia.ts'
import { allFields } from './schema/index.ts'
import { listenersConfig, listenersFields } from './schema/listeners.ts'
import { remoteHomeserver } from './schema/matrix.ts'
import { mediaConfig, mediaFields } from './schema/media.ts'
import { outboundConfig, outboundFields } from './schema/outbound.ts'
import { presenceConfig, presenceFields } from './schema/presence.ts'
import { pushConfig, pushFields } from './schema/push.ts'
import { ratelimitingConfig, ratelimitingFields } from './schema/ratelimiting.ts'
import { registrationConfig, registrationFields } from './schema/registration.ts'
import { retentionConfig, retentionFields } from './schema/retention.ts'
import { roomsConfig, roomsFields } from './schema/rooms.ts'
import { serverFields } from './schema/server.ts'
import { termsConfig } from './schema/terms.ts'
import { upstreamProviders } from './schema/upstream.ts'
import { urlPreviewConfig, urlPreviewFields } from './schema/url-previews.ts'
import { refuseUnknownKeys } from './section.ts'
import { type Fields, invalid, type Reading, readFields, type ValuesOf } from './setting.ts'
import { unusedSynapseKeys } from './synapse-keys.ts'

export interface LoadedConfig {
  readonly config: Config
  readonly warnings: readonly ConfigWarning[]
}

export const DEFAULT_DATA_DIR = 'data'

/** The data folder as an absolute path: command line, environment, `./data`. */
export function dataDirOf(cli: ServeOptions, env: Environment): string {
  return resolve(given('dataDir', cli, env)?.value ?? DEFAULT_DATA_DIR)
}

/**
 * Reads and checks the whole configuration: defaults < files (later ones win) < environment < command line.
 * Reads the secrets it names; those that the first start makes must be there (see `prepareDataDir`). Writes nothing.
 * @throws ConfigError with all problems.
 */
export function loadConfig({ files, cli, env }: { files: readonly string[]; cli: ServeOptions; env: Environment }): LoadedConfig {
  const dataDir = dataDirOf(cli, env)
  const problems: Problem[] = []
  const reading: Reading = { dataDir, problems, warnings: [] }
  const top = readConfigFiles(files, problems)
  // What a broken file does not say would only be reported as missing.
  if (problems.length > 0) throw new ConfigError(problems)
  overlay(top, cli, env, problems, reading.warnings)
  if (!top.has('server_name')) {
    reading.warnings.push({ at: '', key: 'server_name', message: `is not set: user ids will end in :${serverFields.server_name.default}` })
  }
  refuseUnknownKeys(top, { fields: allFields, unused: unusedSynapseKeys, prefix: '', reading })
  const config = buildConfig(top, reading)
  if (config === undefined || problems.length > 0) throw new ConfigError(problems)
  return { config, warnings: reading.warnings }
}

/** All sections; undefined, with the reasons among the problems, if one cannot be built. */
function buildConfig(top: TopLevel, reading: Reading): Config | undefined {
  const { dataDir } = reading
  const at = (key: string) => placeOf(top, key)
  const refuse = (key: string, message: string) => void reading.problems.push({ at: at(key), key, message })
  const warn = (key: string, message: string) => void reading.warnings.push({ at: at(key), key, message })
  const section = <F extends Fields, C>(fields: F, build: (values: ValuesOf<F>) => C): C | undefined => {
    const values = readFields(fields, { at: 'default', value: top }, '', reading)
    return values === invalid ? undefined : build(values)
  }

  const server = section(serverFields, (values) => {
    const signingKey = readServerSigningKey('signing_key_path', fileOr(values.signing_key_path, 'signingKey', dataDir), refuse)
    const secret: Secret | null =
      readEither('macaroon_secret_key', values.macaroon_secret_key, values.macaroon_secret_key_path, refuse) ??
      (values.macaroon_secret_key_path === null
        ? readSecret('macaroon_secret_key_path', fileOr(null, 'macaroonSecretKey', dataDir), refuse)
        : null)
    if (!signingKey || !secret) return undefined
    return {
      name: values.server_name,
      publicBaseurl: values.public_baseurl,
      metricsEnabled: values.enable_metrics,
      adminContact: values.admin_contact,
      extraWellKnown: values.extra_well_known_client_content,
      signingKey,
      secret,
    }
  })
  const registration = section(registrationFields, (values) => {
    const secret = readEither(
      'registration_shared_secret',
      values.registration_shared_secret,
      values.registration_shared_secret_path,
      refuse,
    )
    return registrationConfig(values, secret, refuse)
  })
  const auth = section({ ...authFields, ...gliaFields }, (values) => {
    const own = values.glia.auth
    const encryptionKey = readEncryptionKey(
      'glia.auth.encryption_key_path',
      fileOr(own.encryption_key_path, 'authEncryptionKey', dataDir),
      refuse,
    )
    const signingKey = readRsaKey('glia.auth.signing_key_path', fileOr(own.signing_key_path, 'authSigningKey', dataDir), refuse)
    const readOwnSecret = (key: string, inline: Secret | null, file: string | null) => readEither(key, inline, file, refuse)
    const providers = upstreamProviders(own, readOwnSecret, refuse)
    const clients = staticClients(own, readOwnSecret, refuse)
    const terms = termsConfig(own, refuse)
    const remote = remoteHomeserver(own, server?.name, readOwnSecret, refuse)
    const elsewhere = remoteAuth(values, readOwnSecret, refuse)
    if (remote && elsewhere) refuse('matrix_authentication_service.enabled', 'cannot be set together with glia.auth.matrix')
    if (!encryptionKey || !signingKey) return undefined
    return {
      auth: authConfig(
        values,
        own,
        { encryptionKey, signingKey, upstreamProviders: providers, clients, terms, remoteHomeserver: remote, remoteAuth: elsewhere },
        (key) => top.has(key),
        refuse,
      ),
      log: logConfig(values),
      mediaQuota: mediaQuotaConfig(values),
      reports: reportsConfig(
        values,
        readEither('glia.reports.webhook_secret', values.glia.reports.webhook_secret, values.glia.reports.webhook_secret_path, refuse),
      ),
    }
  })
  const email = section(emailFields, (values) =>
    emailConfig(values, (inline, file) => readEither('email.smtp_pass', inline, file, refuse), refuse),
  )
  const listeners = section(listenersFields, (values) => listenersConfig(values, server?.metricsEnabled ?? false, warn))
  const database = section(databaseFields, (values) => values.database)
  const media = section(mediaFields, mediaConfig)
  const rooms = section(roomsFields, roomsConfig)
  const retention = section(retentionFields, (values) => retentionConfig(values, refuse))
  const outbound = section(outboundFields, outboundConfig)
  const calls = section(callsFields, (values) => {
    const secret = readEither('turn_shared_secret', values.turn_shared_secret, values.turn_shared_secret_path, refuse)
    return callsConfig(values, secret, refuse)
  })
  const appservices = section(appserviceFields, (values) => server && appservicesConfig(values, server.name, reading.problems))
  const urlPreviews = section(urlPreviewFields, urlPreviewConfig)
  const push = section(pushFields, pushConfig)
  const presence = section(presenceFields, presenceConfig)
  const ratelimiting = section(ratelimitingFields, ratelimitingConfig)
  if (server && auth && rooms) checkReports(auth.reports.noticeRecipients, server.name, rooms.serverNotices !== undefined, refuse)
  if (
    !server ||
    !registration ||
    !auth ||
    !email ||
    !listeners ||
    !database ||
    !media ||
    !rooms ||
    !retention ||
    !outbound ||
    !calls ||
    !presence ||
    !appservices ||
    !push ||
    !urlPreviews ||
    !ratelimiting
  )
    return undefined
  return {
    dataDir,
    server,
    listeners,
    database,
    media,
    registration,
    ...auth,
    email,
    rooms,
    retention,
    outbound,
    calls,
    presence,
    appservices,
    push,
    urlPreviews,
    ratelimiting,
  }
}

/** Where a key such as `glia.auth.policy` or `listeners[0]` is written, or else the nearest key above it. */
function placeOf(top: TopLevel, key: string): string {
  let found: Located = { at: 'default', value: top }
  for (const part of key.split(/[.[\]]+/).filter((part) => part !== '')) {
    const next: Located | undefined = isMap(found.value)
      ? found.value.get(part)
      : isList(found.value)
        ? found.value[Number(part)]
        : undefined
    if (next === undefined) break
    found = next
  }
  return found.at
}

function checkReports(
  recipients: readonly string[],
  serverName: string,
  hasNotices: boolean,
  refuse: (key: string, message: string) => void,
): void {
  const key = 'glia.reports.notice_recipients'
  const foreign = recipients.find((userId) => !userId.endsWith(`:${serverName}`))
  if (foreign !== undefined) refuse(key, `${foreign} is not a user of ${serverName}`)
  if (recipients.length > 0 && !hasNotices) refuse(key, 'needs server_notices')
}
