import { Readable } from 'node:stream'
import type { AnyEndpoint, Surface } from '@glia/contract'
import { auditTarget, isAudited, isDryRun, MatrixError, refuseUnknownDryRun, withoutSecretFields } from '@glia/contract'
import type { Clock, Logger } from '@glia/platform'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fastify from 'fastify'
import type { Validator } from 'typebox/compile'
import { withoutSecrets } from './access-token.ts'
import type { AuditEntry, AuditTrail } from './audit-trail.ts'
import { authorize, refuseHelperOnAdmin } from './authorize.ts'
import { KnownPaths } from './known-paths.ts'
import type { RequestMetrics } from './metrics.ts'
import { RequestAbortedError, readBody } from './read-body.ts'
import type { AuthAdminRequester, Authenticator, Origin, Requester } from './requester.ts'
import type { RequestInfo, Route } from './route.ts'
import { Reply } from './route.ts'
import { compileFormReader, compileJsonReader } from './validate-body.ts'
import { compileParamsCheck } from './validate-params.ts'
import { compileQueryReader } from './validate-query.ts'
import type { ErrorPage } from './wire-errors.ts'
import { errorReply, isExpected } from './wire-errors.ts'

export interface HttpServerOptions {
  readonly routes: readonly Route[]
  readonly authenticator: Authenticator
  readonly auditTrail: AuditTrail
  readonly serverName: string
  readonly logger: Logger
  readonly clock: Clock
  readonly metrics?: RequestMetrics | undefined
  readonly errorPage: ErrorPage
  /** Believe `X-Forwarded-For` (a reverse proxy is in front). */
  readonly trustProxy: boolean
  /** Tests: fail with 500 when an answer does not fit its schema. */
  readonly checkAnswers: boolean
}

/** CORS for everything, errors included (Client-Server API, "Web browser clients"). */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE, OPTIONS',
  'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization, Date',
}

const MEDIA_TYPE = /^[\w.+*-]+\/[\w.+*-]+\s*(;|$)/

/** For pages that do not say otherwise, error pages among them: nothing foreign may frame, script or style them. */
const PAGE_HEADERS = {
  'content-security-policy': "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
}

const NO_CACHE = 'no-cache, no-store, must-revalidate'

/** Makes the HTTP server that answers the given routes. It does not listen yet. */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const app = fastify({
    logger: false,
    trustProxy: options.trustProxy,
    bodyLimit: Number.MAX_SAFE_INTEGER,
    // longer than any long poll; slow or half-sent requests are cut by Node's headers and request timeouts
    requestTimeout: 300_000,
    keepAliveTimeout: 75_000,
    forceCloseConnections: 'idle',
    // a path that cannot be decoded
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply, options),
    // schemas are ours to check: without these, Fastify loads compilers for its own
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    routerOptions: { maxParamLength: 8192, querystringParser: () => ({}) },
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
  // clients send wrong and odd ones; Fastify would answer 415
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    const sent = raw.headers['content-type']
    if (sent !== undefined && !MEDIA_TYPE.test(sent)) delete raw.headers['content-type']
    done()
  })
  app.options('/*', async (_request, reply) => reply.code(204).headers(CORS_HEADERS).send())
  for (const route of options.routes) addRoute(app, route, options)
  addFallbacks(app, options)
  return app
}

function noSchemas(): never {
  throw new Error('routes carry no schemas of Fastify')
}

function addRoute(app: FastifyInstance, route: Route, options: HttpServerOptions): void {
  const answer = compileAnswer(route, options)
  for (const path of [route.endpoint.path, ...route.endpoint.aliases]) {
    app.route({ method: route.endpoint.method, url: path.replace(/\{([^}]+)\}/g, ':$1'), handler: answer })
  }
}

type FastifyHandler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

function compileAnswer({ endpoint, handler }: Route, options: HttpServerOptions): FastifyHandler {
  const { authenticator, clock, logger, metrics } = options
  const beginAudit = compileAudit(endpoint, options)
  const checkParams = compileParamsCheck(endpoint.params, options.serverName)
  const readQuery = compileQueryReader(endpoint.query)
  const readRequestBody = compileBodyReader(endpoint)
  const checkAnswer = options.checkAnswers ? compileAnswerCheck(endpoint) : undefined

  return async (request, reply) => {
    const startedAt = clock.nowMs()
    let requesterName: string | undefined
    let answer: Reply
    let audit: AuditEntry | undefined
    let errcode: string | undefined
    try {
      const query = queryOf(request.raw.url ?? '')
      const origin = { ip: request.ip, userAgent: String(request.headers['user-agent'] ?? '') }
      const credentials = { headers: request.headers, rawHeaders: request.raw.rawHeaders, query, origin } as Parameters<typeof authorize>[1]
      const requester = await authorize(endpoint, credentials, authenticator)
      requesterName = requester && 'userId' in requester ? requester.userId : undefined
      const params = request.params as Record<string, string>
      checkParams(params)
      const values = readQuery(query)
      const body = await readRequestBody(request.body as Readable | undefined)
      audit = await beginAudit?.({ requester, origin, params, query: values, rawQuery: query, body })
      const again = () => authorize(endpoint, credentials, authenticator) as Promise<Requester>
      const info = new ReceivedRequest(request, reply, query, origin, again)
      const result = await handler({ params, query: values, body, requester, request: info } as Parameters<typeof handler>[0])
      await checkAnswer?.(result)
      answer = result instanceof Reply ? result : Reply.json(endpoint.status, result)
    } catch (error) {
      if (error instanceof RequestAbortedError) {
        request.raw.destroy()
        return reply.hijack()
      }
      logFailure(logger, endpoint, request, error)
      answer = errorReply(endpoint.surface, error, options.errorPage)
      errcode = error instanceof MatrixError ? error.errcode : undefined
    }
    await audit?.end({ status: answer.status, errcode })
    const ms = clock.nowMs() - startedAt
    metrics?.recordRequest(endpoint.id, answer.status, ms / 1000)
    logger.debug({ operation: endpoint.id, status: answer.status, ms, requester: requesterName, ip: request.ip }, 'request')
    return send(reply, answer, endpoint.surface)
  }
}

interface AuditedCall {
  readonly requester: Requester | AuthAdminRequester | undefined
  readonly origin: Origin
  readonly params: Record<string, string>
  readonly query: Record<string, unknown>
  /** As sent. */
  readonly rawQuery: URLSearchParams
  readonly body: unknown
}

/** For endpoints whose calls are recorded: checks whom a helper acts on, and begins the record, of which a dry run has none. */
function compileAudit(endpoint: AnyEndpoint, { auditTrail, authenticator }: HttpServerOptions) {
  if (!isAudited(endpoint)) return undefined
  return async ({ requester, origin, params, query, rawQuery, body }: AuditedCall): Promise<AuditEntry | undefined> => {
    // MAS's API passes over what it does not know
    if (endpoint.surface !== 'auth-admin') refuseUnknownDryRun(endpoint, rawQuery, body)
    const target = auditTarget(endpoint, params, body)
    if (requester) await refuseHelperOnAdmin(endpoint, requester, target, authenticator)
    if (isDryRun(query)) return undefined
    const parts = { path: params, query, body: withoutSecretFields(endpoint, body) }
    const request = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined && Object.keys(part).length > 0))
    return auditTrail.begin({ endpoint, requester, origin, target, request })
  }
}

/** Only unexpected errors are worth a line at level error; refusals are the caller's. */
function logFailure(logger: Logger, endpoint: AnyEndpoint, request: FastifyRequest, error: unknown): void {
  const fields = { operation: endpoint.id, url: withoutSecrets(request.raw.url ?? '') }
  if (!isExpected(error)) logger.error({ ...fields, err: error }, 'request failed')
  else if ((error as { detail?: string }).detail)
    logger.info({ ...fields, detail: (error as { detail?: string }).detail }, 'request refused')
}

function compileBodyReader(endpoint: AnyEndpoint): (stream: Readable | undefined) => Promise<unknown> {
  switch (endpoint.body.kind) {
    case 'json': {
      const read = compileJsonReader(endpoint)
      const { maxBytes } = endpoint.body
      return async (stream) => read(await readBody(stream, maxBytes))
    }
    case 'form': {
      const read = compileFormReader(endpoint)
      const { maxBytes } = endpoint.body
      return async (stream) => read(await readBody(stream, maxBytes))
    }
    default:
      return async () => undefined
  }
}

function compileAnswerCheck(endpoint: AnyEndpoint): (result: unknown) => Promise<void> {
  const { answer } = endpoint
  if (answer.kind !== 'json') return async () => {}
  let compiled: Validator | undefined
  return async (result) => {
    if (result instanceof Reply) return
    compiled ??= (await import('typebox/compile')).Compile(answer.schema)
    const validator = compiled
    const value = JSON.parse(JSON.stringify(result) ?? 'null')
    if (!validator.Check(value)) {
      throw new Error(`answer of ${endpoint.id} does not fit its contract: ${JSON.stringify(validator.Errors(value).slice(0, 3))}`)
    }
  }
}

function queryOf(url: string): URLSearchParams {
  const mark = url.indexOf('?')
  return new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
}

/** What few handlers look at is made when they do. */
class ReceivedRequest implements RequestInfo {
  readonly ip: string
  readonly userAgent: string
  readonly rawQuery: URLSearchParams
  readonly authorizeAgain: () => Promise<Requester>
  readonly #request: FastifyRequest
  readonly #reply: FastifyReply

  constructor(
    request: FastifyRequest,
    reply: FastifyReply,
    rawQuery: URLSearchParams,
    origin: Origin,
    authorizeAgain: () => Promise<Requester>,
  ) {
    this.ip = origin.ip
    this.userAgent = origin.userAgent
    this.rawQuery = rawQuery
    this.authorizeAgain = authorizeAgain
    this.#request = request
    this.#reply = reply
  }

  get method(): string {
    return this.#request.method
  }

  get url(): string {
    return withoutSecrets(this.#request.raw.url ?? '')
  }

  get headers() {
    return this.#request.headers
  }

  get signal(): AbortSignal {
    const gone = new AbortController()
    if (this.#reply.raw.destroyed) gone.abort()
    else this.#reply.raw.once('close', () => gone.abort())
    return gone.signal
  }

  get stream(): Readable {
    return (this.#request.body as Readable | undefined) ?? Readable.from([])
  }
}

function send(reply: FastifyReply, answer: Reply, surface: Surface): FastifyReply {
  reply.code(answer.status)
  reply.headers(surface === 'page' ? PAGE_HEADERS : CORS_HEADERS)
  if (answer.headers['cache-control'] === undefined) reply.header('cache-control', NO_CACHE)
  for (const [name, value] of Object.entries(answer.headers)) reply.header(name, value)
  return reply.send(answer.body)
}

/** Unknown paths, wrong methods and requests that Node or Fastify could not read. Never an HTML page under the APIs. */
function addFallbacks(app: FastifyInstance, options: HttpServerOptions): void {
  const known = new KnownPaths(options.routes.map(({ endpoint }) => endpoint))
  app.setNotFoundHandler(async (request, reply) => {
    const path = (request.raw.url ?? '').split('?')[0] ?? ''
    const status = known.has(path) ? 405 : 404
    const error = new MatrixError(
      'M_UNRECOGNIZED',
      status === 405 || surfaceOf(path) !== 'page' ? 'Unrecognized request' : 'There is nothing here.',
      { status },
    )
    return send(reply, errorReply(surfaceOf(path), error, options.errorPage), surfaceOf(path))
  })
  app.setErrorHandler(async (error: Error, request, reply) => refuse(error, request, reply, options))
}

function refuse(
  error: Error & { statusCode?: number },
  request: { readonly raw: { readonly url?: string | undefined } },
  reply: FastifyReply,
  options: HttpServerOptions,
): FastifyReply {
  const status = error.statusCode ?? 500
  if (status >= 500) options.logger.error({ err: error, url: withoutSecrets(request.raw.url ?? '') }, 'request failed')
  const refusal = status >= 500 ? error : new MatrixError('M_UNKNOWN', 'Malformed request', { status })
  const surface = surfaceOf(request.raw.url ?? '')
  return send(reply, errorReply(surface, refusal, options.errorPage), surface)
}

function surfaceOf(path: string): Surface {
  if (path.startsWith('/api/')) return 'auth-admin'
  if (path.startsWith('/oauth2/')) return 'oauth'
  if (/^\/(_matrix|_synapse|_glia|\.well-known|health)/.test(path)) return 'client'
  return 'page'
}
