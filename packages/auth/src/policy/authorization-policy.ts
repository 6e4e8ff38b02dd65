import { type AdminRole, adminRoleScopes } from '@glia/contract'
import { localpartOf, type UserId } from '@glia/protocol'
import { apiScopes, authAdminScope, deviceScopePrefixes, serverAdminScope } from './scope.ts'

/** Why scopes are not given. `message` is for people. */
export interface PolicyViolation {
  /** The scope, or scopes, that are in the way. */
  readonly scope: string
  readonly reason: 'not-admin' | 'needs-user' | 'needs-api' | 'unknown-scope' | 'mixed-families' | 'bad-device-id' | 'several-devices'
  readonly message: string
}

/** What the policy looks at of an account. */
export interface PolicyUser {
  readonly userId: UserId
  readonly isAdmin: boolean
  readonly adminRole: AdminRole | undefined
}

export interface PolicyRequest {
  /** Undefined: the client asks for itself (`client_credentials`). */
  readonly user: PolicyUser | undefined
  readonly client: { readonly id: string; readonly clientName: string | undefined }
  readonly scopes: readonly string[]
}

/** Beside the homeserver's admins: names of users, and ids of clients, that may have admin scopes. Looked at anew each time. */
export interface PolicyConfig {
  readonly adminUsers: readonly string[]
  readonly adminClients: readonly string[]
}

export type AuthorizationPolicy = (request: PolicyRequest) => PolicyViolation[]

const DEVICE_ID = /^[A-Za-z0-9._~!$&'()*+,;=:@/-]{10,255}$/
const HARMLESS = new Set<string>(['openid', 'email', apiScopes.stable, apiScopes.unstable])

/** Whether an account may administer the server just now. */
export type AdminCheck = (user: Pick<PolicyUser, 'userId' | 'isAdmin'>) => boolean

/** Asked when an admin scope is given, and again on every request that uses it: who is no admin any more loses the power at once. */
export function createAdminCheck(config: Pick<PolicyConfig, 'adminUsers'>): AdminCheck {
  return (user) => user.isAdmin || config.adminUsers.includes(localpartOf(user.userId))
}

/** The roles that a token with these scopes has just now: those of its scopes that its account still may have. */
export function rolesOf(scopes: ReadonlySet<string>, user: PolicyUser, mayAdminister: AdminCheck): AdminRole[] {
  return [...scopes].flatMap((scope) => {
    const role = adminRoleScopes.get(scope)
    return role !== undefined && mayHaveRole(user, role, mayAdminister) ? [role] : []
  })
}

/** An admin may narrow a token to any role; every role may read. */
function mayHaveRole(user: PolicyUser, role: AdminRole, mayAdminister: AdminCheck): boolean {
  return mayAdminister(user) || user.adminRole === role || (role === 'read_only' && user.adminRole !== undefined)
}

/**
 * Who may have which scopes. All or nothing: one violation refuses the whole request. Asked when a person consents and when a client
 * asks for itself, never at a refresh.
 */
export function createAuthorizationPolicy(config: PolicyConfig): AuthorizationPolicy {
  const mayAdminister = createAdminCheck(config)

  const adminViolations = (request: PolicyRequest): PolicyViolation[] => {
    const { user, client } = request
    const isAdminClient = user === undefined && config.adminClients.includes(client.id)
    const refused = request.scopes.filter(
      (scope) => isAdminScope(scope) && !(user && mayAdminister(user)) && !(isAdminClient && scope === authAdminScope),
    )
    return refused.length === 0 ? [] : [notAdmin(refused.join(' and '), request)]
  }

  return (request) => {
    const violations = adminViolations(request)
    for (const scope of request.scopes) {
      if (isAdminScope(scope)) continue
      const role = adminRoleScopes.get(scope)
      if (role !== undefined) {
        if (!request.user) violations.push(needsUser(scope))
        else if (!mayHaveRole(request.user, role, mayAdminister)) violations.push(withoutRole(scope, role))
        continue
      }
      if (isDeviceScope(scope)) {
        if (!request.user) violations.push(needsUser(scope))
      } else if (!HARMLESS.has(scope)) {
        violations.push({ scope, reason: 'unknown-scope', message: `The scope ${scope} is not one that this server knows.` })
      } else if (!request.user && scope.startsWith('urn:')) violations.push(needsUser(scope))
    }
    return [...violations, ...deviceViolations(request.scopes)]
  }
}

function isAdminScope(scope: string): boolean {
  return scope === serverAdminScope || scope === authAdminScope
}

function isDeviceScope(scope: string): boolean {
  return Object.values(deviceScopePrefixes).some((prefix) => scope.startsWith(prefix))
}

function notAdmin(scope: string, { user, client }: PolicyRequest): PolicyViolation {
  const name = client.clientName ?? 'this client'
  const message = user
    ? `Your account is not an administrator, so ${name} cannot get ${scope}. Ask an administrator of this server to make your account one, or use another account.`
    : `The client ${client.id} is not among the clients that may get ${scope} for themselves.`
  return { scope, reason: 'not-admin', message }
}

function withoutRole(scope: string, role: AdminRole): PolicyViolation {
  const message = `Your account does not have the role ${role}. Ask an administrator of this server to give it, or use another account.`
  return { scope, reason: 'not-admin', message }
}

function needsUser(scope: string): PolicyViolation {
  return { scope, reason: 'needs-user', message: `The scope ${scope} is only given for a user.` }
}

function deviceViolations(scopes: readonly string[]): PolicyViolation[] {
  const violations: PolicyViolation[] = []
  const devices = scopes.filter(isDeviceScope)
  const [first, second] = devices
  if (second !== undefined) {
    violations.push({ scope: second, reason: 'several-devices', message: 'Only one device can be asked for at a time.' })
  }
  const usesStable = scopes.includes(apiScopes.stable) || devices.some((scope) => scope.startsWith(deviceScopePrefixes.stable))
  const usesUnstable = scopes.includes(apiScopes.unstable) || devices.some((scope) => scope.startsWith(deviceScopePrefixes.unstable))
  if (usesStable && usesUnstable) {
    violations.push({ scope: scopes.join(' '), reason: 'mixed-families', message: 'Stable and unstable Matrix scopes cannot be mixed.' })
  }
  if (first === undefined) return violations
  if (!scopes.includes(apiScopes.stable) && !scopes.includes(apiScopes.unstable)) {
    violations.push({ scope: first, reason: 'needs-api', message: 'A device can only be asked for together with the Client-Server API.' })
  }
  const id = first.slice(
    first.startsWith(deviceScopePrefixes.stable) ? deviceScopePrefixes.stable.length : deviceScopePrefixes.unstable.length,
  )
  if (!DEVICE_ID.test(id)) {
    violations.push({ scope: first, reason: 'bad-device-id', message: 'The device id needs at least 10 plain characters.' })
  }
  return violations
}
