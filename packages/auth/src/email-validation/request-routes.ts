import { contract, MatrixError } from '@glia/contract'
import { type RateLimit, type RateLimiter, type RequestInfo, type Route, route } from '@glia/http'
import type { HomeserverLink } from '../homeserver-link.ts'
import { type AddressRules, isAllowedAddress, readEmail } from './address-rules.ts'
import type { EmailValidations, ValidationRequest } from './email-validations.ts'

export interface EmailRequestDeps extends AddressRules {
  readonly homeserver: HomeserverLink
  /** Undefined: the server sends no e-mail. */
  readonly validations: EmailValidations | undefined
  readonly limiter: RateLimiter
  readonly limit: RateLimit
  readonly registrationEnabled: boolean
  readonly changesEnabled: boolean
  /** Do not tell a client whether an address belongs to an account. */
  readonly inhibitErrors: boolean
  /** Null: any. */
  readonly nextLinkHosts: readonly string[] | null
}

interface RequestBody {
  readonly client_secret: string
  readonly email: string
  readonly send_attempt: number
  readonly next_link?: string
}

const CLIENT_SECRET = /^[0-9a-zA-Z.=_-]{1,255}$/

/** `…/requestToken`: sends e-mails that confirm an address. Codes and texts are Synapse's. */
export function emailRequestRoutes(deps: EmailRequestDeps): Route[] {
  const { homeserver } = deps
  const endpoints = contract.client.threepids

  function checkNextLink(link: string | undefined): void {
    if (link === undefined) return
    const url = URL.parse(link)
    const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
    if (isWeb && (deps.nextLinkHosts === null || deps.nextLinkHosts.includes(url.hostname))) return
    throw new MatrixError('M_INVALID_PARAM', "'next_link' domain is not included in whitelist, or not http(s)")
  }

  /** What all three have in common. @returns what is asked for, and whose address it is */
  async function read(body: RequestBody, request: RequestInfo, errcode: 'M_UNKNOWN' | 'M_INVALID_PARAM') {
    if (!CLIENT_SECRET.test(body.client_secret)) throw new MatrixError('M_INVALID_PARAM', 'Invalid client_secret parameter')
    const address = readEmail(body.email, errcode)
    checkNextLink(body.next_link)
    deps.limiter.take(`e-mail validation from ${request.ip}`, deps.limit)
    deps.limiter.take(`e-mail validation of ${address}`, deps.limit)
    const asked = { address, clientSecret: body.client_secret, sendAttempt: body.send_attempt, nextLink: body.next_link }
    return { asked, owner: await homeserver.findUserByThreepid('email', address) }
  }

  async function send(validations: EmailValidations, request: ValidationRequest): Promise<{ sid: string }> {
    return { sid: await validations.request(request) }
  }

  const inUse = () => new MatrixError('M_THREEPID_IN_USE', 'Email is already in use')
  const denied = (error: string) => new MatrixError('M_THREEPID_DENIED', error)

  return [
    route(endpoints.requestEmailForRegistration, async ({ body, request }) => {
      const { validations } = deps
      if (!deps.registrationEnabled) throw new MatrixError('M_FORBIDDEN', 'Registration has been disabled')
      if (!validations) throw disabled('Email-based registration has been disabled on this server')
      const { asked, owner } = await read(body, request, 'M_UNKNOWN')
      if (!isAllowedAddress(deps, asked.address)) throw denied('Your email domain is not authorized to register on this server')
      if (owner !== undefined && !deps.inhibitErrors) throw inUse()
      return send(validations, { purpose: 'register', ...asked, ...(owner === undefined ? {} : { instead: 'alreadyInUse' }) })
    }),

    route(endpoints.requestEmailForReset, async ({ body, request }) => {
      const { validations } = deps
      if (!validations) throw disabled('Email-based password resets have been disabled on this server')
      const { asked, owner } = await read(body, request, 'M_INVALID_PARAM')
      if (owner === undefined && !deps.inhibitErrors) throw new MatrixError('M_THREEPID_NOT_FOUND', 'Email not found')
      return send(validations, { purpose: 'reset', ...asked, ...(owner === undefined ? { instead: 'nothing' } : {}) })
    }),

    route(endpoints.requestEmailForAccount, async ({ body, request }) => {
      const { validations } = deps
      if (!deps.changesEnabled) throw new MatrixError('M_FORBIDDEN', '3PID changes are disabled on this server')
      if (!validations) throw unsupported('Adding an email to your account is disabled on this server')
      const { asked, owner } = await read(body, request, 'M_INVALID_PARAM')
      if (!isAllowedAddress(deps, asked.address)) throw denied('Your email domain is not authorized on this server')
      if (owner !== undefined && !deps.inhibitErrors) throw inUse()
      return send(validations, { purpose: 'add', ...asked, ...(owner === undefined ? {} : { instead: 'nothing' }) })
    }),

    route(endpoints.requestPhoneForRegistration, async () => {
      throw disabled('Registration by phone number is not supported on this homeserver')
    }),
    route(endpoints.requestPhoneForReset, async () => {
      throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request')
    }),
    route(endpoints.requestPhoneForAccount, async () => {
      throw unsupported('Adding phone numbers to user account is not supported by this homeserver')
    }),
  ]
}

function disabled(error: string): MatrixError {
  return new MatrixError('M_UNKNOWN', error)
}

function unsupported(error: string): MatrixError {
  return new MatrixError('M_THREEPID_MEDIUM_NOT_SUPPORTED', error)
}
