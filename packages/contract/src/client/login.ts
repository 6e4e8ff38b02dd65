import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, anything, flag, integer, list, optional, text } from '../fields.ts'
import { Type } from '../schema.ts'

/** What a client needs to be signed in. */
export const sessionFields = {
  access_token: optional(text()),
  device_id: optional(text()),
  refresh_token: optional(text()),
  expires_in_ms: optional(integer()),
}

/** The proof of user-interactive authentication. */
export const interactiveAuthField = optional(anyObject({ description: '`{type, session, …}`' }))

export const getLoginFlows = endpoint({
  id: 'client.login.flows',
  method: 'GET',
  path: '/_matrix/client/v3/login',
  surface: 'client',
  access: access.public,
  summary: 'Ways to log in',
  source: 'Client-Server API, "Login"',
  response: Type.Object({
    flows: list(
      Type.Object({
        type: text(),
        get_login_token: optional(flag({ description: 'of m.login.token: `/login/get_token` can be used' })),
        identity_providers: optional(
          list(Type.Object({ id: text(), name: text(), brand: optional(text()) }), {
            description: 'of m.login.sso: for `/login/sso/redirect/{idpId}`',
          }),
        ),
        oauth_aware_preferred: optional(flag({ description: 'of m.login.sso: OAuth is the better way' })),
        'org.matrix.msc3824.delegated_oidc_compatibility': optional(flag({ description: 'older name of oauth_aware_preferred' })),
      }),
    ),
  }),
})

export const login = endpoint({
  id: 'client.login.create',
  method: 'POST',
  path: '/_matrix/client/v3/login',
  surface: 'client',
  access: access.public,
  summary: 'Logs in and makes a session on a device',
  source: 'Client-Server API, "Login"',
  body: {
    type: text({ errcode: 'M_INVALID_PARAM', error: 'Bad parameter: type' }),
    identifier: optional(anything({ description: 'object with `type`: m.id.user, m.id.thirdparty or m.id.phone' })),
    password: optional(text({ errcode: 'M_INVALID_PARAM', error: 'Bad parameter: password' })),
    user: optional(text({ errcode: 'M_INVALID_PARAM', error: 'Bad parameter: user', description: 'older form of `identifier`' })),
    medium: optional(text({ errcode: 'M_INVALID_PARAM' })),
    address: optional(text({ errcode: 'M_INVALID_PARAM' })),
    token: optional(text({ errcode: 'M_INVALID_PARAM' })),
    device_id: optional(text({ errcode: 'M_INVALID_PARAM', error: 'device_id must be a string' })),
    initial_device_display_name: optional(text({ errcode: 'M_INVALID_PARAM', error: 'initial_device_display_name must be a string' })),
    refresh_token: flag({ default: false, errcode: 'M_UNKNOWN', error: '`refresh_token` should be true or false.' }),
  },
  response: Type.Object({
    user_id: text(),
    access_token: text(),
    home_server: text(),
    device_id: text(),
    refresh_token: optional(text()),
    expires_in_ms: optional(integer()),
  }),
  errors: ['M_FORBIDDEN', 'M_USER_LOCKED', 'M_USER_DEACTIVATED', 'M_UNKNOWN', 'M_LIMIT_EXCEEDED', 'M_APPSERVICE_LOGIN_UNSUPPORTED'],
})

export const getLoginToken = endpoint({
  id: 'client.login.get_token',
  method: 'POST',
  path: '/_matrix/client/v1/login/get_token',
  aliases: ['/_matrix/client/unstable/org.matrix.msc3882/login/get_token'],
  surface: 'client',
  access: access.user,
  summary: 'Makes a token with which another client can log in, once',
  source: 'Client-Server API, "POST /login/get_token"',
  body: { auth: interactiveAuthField },
  response: Type.Object({ login_token: text(), expires_in_ms: integer() }),
  errors: ['M_UNRECOGNIZED', 'M_FORBIDDEN', 'M_LIMIT_EXCEEDED'],
})

export const refresh = endpoint({
  id: 'client.login.refresh',
  method: 'POST',
  path: '/_matrix/client/v3/refresh',
  surface: 'client',
  access: access.public,
  summary: 'Trades a refresh token for a new access token',
  source: 'Client-Server API, "Refreshing access tokens"',
  body: { refresh_token: text({ errcode: 'M_INVALID_PARAM', error: 'Invalid param: refresh_token' }) },
  response: Type.Object({ access_token: text(), refresh_token: optional(text()), expires_in_ms: optional(integer()) }),
  errors: ['M_UNKNOWN_TOKEN'],
})

export const logout = endpoint({
  id: 'client.login.logout',
  method: 'POST',
  path: '/_matrix/client/v3/logout',
  surface: 'client',
  access: access.userEvenLocked,
  summary: 'Ends the session of the token, and its device',
  source: 'Client-Server API, "Login"',
})

export const logoutAll = endpoint({
  id: 'client.login.logout_all',
  method: 'POST',
  path: '/_matrix/client/v3/logout/all',
  surface: 'client',
  access: access.userEvenLocked,
  summary: 'Ends all sessions and devices of the user',
  source: 'Client-Server API, "Login"',
})
