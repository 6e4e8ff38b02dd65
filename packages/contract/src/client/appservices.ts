import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, emptyObject, integer, list, oneOf, optional, pathText, text } from '../fields.ts'
import { Type } from '../schema.ts'

const thirdParty = '/_matrix/client/v3/thirdparty'
const networks = 'Client-Server API, "Third-party Networks"'

export const pingAppservice = endpoint({
  id: 'client.appservices.ping',
  method: 'POST',
  path: '/_matrix/client/v1/appservice/{appserviceId}/ping',
  surface: 'client',
  access: access.user,
  summary: 'Calls the application service that asks for it, so that it knows whether it can be reached',
  source: 'Application Service API, "Pinging"',
  params: { appserviceId: pathText() },
  optionalBody: { transaction_id: optional(text()) },
  response: Type.Object({ duration_ms: integer() }),
  errors: ['M_FORBIDDEN', 'M_URL_NOT_SET', 'M_BAD_STATUS', 'M_CONNECTION_FAILED', 'M_CONNECTION_TIMEOUT'],
})

export const setNetworkVisibility = endpoint({
  id: 'client.appservices.set_network_visibility',
  method: 'PUT',
  path: '/_matrix/client/v3/directory/list/appservice/{networkId}/{roomId}',
  surface: 'client',
  access: access.user,
  summary: "Lists a room in the directory of a bridge's network, or takes it off",
  source: 'Application Service API, "Application service room directories"',
  params: { networkId: pathText(), roomId: pathText() },
  body: { visibility: oneOf(['public', 'private'], { default: 'public' }) },
  response: emptyObject,
  errors: ['M_FORBIDDEN', 'M_UNKNOWN'],
})

export const getThirdPartyProtocols = endpoint({
  id: 'client.third_party.protocols',
  method: 'GET',
  path: `${thirdParty}/protocols`,
  surface: 'client',
  access: access.user,
  summary: 'Networks that bridges connect to',
  source: networks,
  response: anyObject(),
})

export const getThirdPartyProtocol = endpoint({
  id: 'client.third_party.protocol',
  method: 'GET',
  path: `${thirdParty}/protocol/{protocol}`,
  surface: 'client',
  access: access.user,
  summary: 'One of the networks',
  source: networks,
  params: { protocol: pathText() },
  response: anyObject(),
  errors: ['M_NOT_FOUND'],
})

const lookUp = (kind: 'user' | 'location', summary: string) =>
  endpoint({
    id: `client.third_party.${kind}`,
    method: 'GET',
    path: `${thirdParty}/${kind}/{protocol}`,
    surface: 'client',
    access: access.user,
    summary,
    source: networks,
    params: { protocol: pathText() },
    response: list(anyObject()),
  })

export const findThirdPartyUser = lookUp('user', 'Users of a network, by the fields of the query')
export const findThirdPartyLocation = lookUp('location', 'Rooms of a network, by the fields of the query')

export const findThirdPartyUserById = endpoint({
  id: 'client.third_party.user_by_id',
  method: 'GET',
  path: `${thirdParty}/user`,
  surface: 'client',
  access: access.user,
  summary: 'Who a Matrix user is on other networks',
  source: networks,
  query: { userid: text() },
  response: list(anyObject()),
})

export const findThirdPartyLocationByAlias = endpoint({
  id: 'client.third_party.location_by_alias',
  method: 'GET',
  path: `${thirdParty}/location`,
  surface: 'client',
  access: access.user,
  summary: 'What an alias is on other networks',
  source: networks,
  query: { alias: text() },
  response: list(anyObject()),
})
