import { contract, MatrixError } from '@glia/contract'
import { type Route, route } from '@glia/http'
import type { RegistrationToken } from './registration-token-store.ts'
import type { RegistrationTokens } from './registration-tokens.ts'

export function registrationTokenAdminRoutes(deps: { registrationTokens: RegistrationTokens }): Route[] {
  const { registrationTokens } = deps
  const endpoints = contract.admin.registrationTokens
  return [
    route(endpoints.listRegistrationTokens, async ({ query }) => ({
      registration_tokens: (await registrationTokens.list(query.valid)).map(toWire),
    })),
    route(endpoints.createRegistrationToken, async ({ body }) =>
      toWire(
        await registrationTokens.create({
          token: body.token,
          length: body.length ?? 16,
          usesAllowed: body.uses_allowed ?? null,
          expiresAtMs: body.expiry_time ?? null,
        }),
      ),
    ),
    route(endpoints.getRegistrationToken, async ({ params }) => toWire(await registrationTokens.get(named(params.token)))),
    route(endpoints.updateRegistrationToken, async ({ params, body }) =>
      toWire(await registrationTokens.update(named(params.token), { usesAllowed: body.uses_allowed, expiresAtMs: body.expiry_time })),
    ),
    route(endpoints.deleteRegistrationToken, async ({ params }) => {
      await registrationTokens.remove(named(params.token))
      return {}
    }),
  ]
}

function toWire({ token, usesAllowed, pending, completed, expiresAtMs }: RegistrationToken) {
  return { token, uses_allowed: usesAllowed, pending, completed, expiry_time: expiresAtMs }
}

/** `…/new` only takes POST, so no token can be asked for by this name. */
function named(token: string): string {
  if (token === 'new') throw new MatrixError('M_UNRECOGNIZED', 'Unrecognized request', { status: 405 })
  return token
}
