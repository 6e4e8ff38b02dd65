import type { TObject, TSchema } from 'typebox'
import { adminRoles, roleMayCall } from './admin-roles.ts'
import { allEndpoints } from './contract.ts'
import type { AnyEndpoint, Surface } from './endpoint.ts'

const TAGS: Record<Surface, { name: string; description: string }> = {
  client: { name: 'Client-Server API', description: 'Matrix clients' },
  admin: { name: 'Admin API', description: "Synapse's Admin API" },
  glia: { name: 'Glia', description: 'What only Glia has' },
  oauth: { name: 'OAuth 2.0', description: 'The auth service' },
  'auth-admin': { name: 'Auth Admin API', description: "MAS's Admin API" },
  page: { name: 'Pages', description: 'HTML for people' },
}

/**
 * The OpenAPI 3.1 document of the whole contract, or of one of its APIs.
 * @param options.serverUrl where the server is reached, without a slash at the end
 */
export function openApiDocument(options: { version: string; serverUrl: string; surface?: Surface }): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const endpoint of allEndpoints()) {
    if (options.surface !== undefined && endpoint.surface !== options.surface) continue
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(endpoint) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Glia', version: options.version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    servers: [{ url: options.serverUrl }],
    tags: options.surface === undefined ? Object.values(TAGS) : [TAGS[options.surface]],
    paths,
    components: {
      securitySchemes: {
        accessToken: {
          type: 'http',
          scheme: 'bearer',
          description: 'Access token of an account, or with the scope that the operation names',
        },
        accessTokenInQuery: { type: 'apiKey', in: 'query', name: 'access_token' },
      },
      schemas: {
        MatrixError: {
          type: 'object',
          required: ['errcode', 'error'],
          properties: { errcode: { type: 'string' }, error: { type: 'string' } },
        },
        AuthAdminError: {
          type: 'object',
          required: ['errors'],
          properties: {
            errors: { type: 'array', items: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } } },
          },
        },
      },
    },
  }
}

function operation(endpoint: AnyEndpoint): Record<string, unknown> {
  const body = requestBody(endpoint)
  return {
    operationId: endpoint.id,
    tags: [TAGS[endpoint.surface].name],
    summary: endpoint.summary,
    description: description(endpoint),
    ...(endpoint.deprecated ? { deprecated: true } : {}),
    ...security(endpoint),
    parameters: [...parameters(endpoint.params, 'path'), ...parameters(endpoint.query, 'query')],
    ...(body ? { requestBody: body } : {}),
    responses: {
      [endpoint.status]: { description: 'Success', ...answerContent(endpoint) },
      default: {
        description: 'Refused',
        content: {
          'application/json': {
            schema: { $ref: `#/components/schemas/${endpoint.surface === 'auth-admin' ? 'AuthAdminError' : 'MatrixError'}` },
          },
        },
      },
    },
  }
}

function description(endpoint: AnyEndpoint): string {
  const parts = [`Source: ${endpoint.source}.`]
  if (endpoint.access.kind === 'serverAdmin') parts.push(`Needs a server admin${rolesText(endpoint)}.`)
  if (endpoint.access.kind === 'authAdmin') parts.push(`Needs the scope \`urn:mas:admin\`${rolesText(endpoint)}.`)
  if (endpoint.aliases.length > 0) parts.push(`Also at ${endpoint.aliases.map((alias) => `\`${alias}\``).join(', ')}.`)
  if (endpoint.errors.length > 0) parts.push(`Errors: ${endpoint.errors.map((errcode) => `\`${errcode}\``).join(', ')}.`)
  return parts.join('\n\n')
}

function rolesText(endpoint: AnyEndpoint): string {
  const roles = adminRoles.filter((role) => roleMayCall(role, endpoint))
  return roles.length === 0 ? '' : `, or the role ${roles.map((role) => `\`${role}\``).join(' or ')}`
}

function security(endpoint: AnyEndpoint): Record<string, unknown> {
  const { kind } = endpoint.access
  if (kind === 'optionalUser') return { security: [{}, { accessToken: [] }] }
  if (kind === 'user' || kind === 'serverAdmin') return { security: [{ accessToken: [] }, { accessTokenInQuery: [] }] }
  if (kind === 'authAdmin') return { security: [{ accessToken: [] }] }
  return { security: [] }
}

function parameters(schema: TObject, place: 'path' | 'query'): object[] {
  const required = new Set(schema.required ?? [])
  return Object.entries(schema.properties).map(([name, field]) => ({
    name,
    in: place,
    required: place === 'path' || required.has(name),
    schema: field,
  }))
}

function requestBody({ body }: AnyEndpoint): object | undefined {
  switch (body.kind) {
    case 'json':
      return { required: !body.optional, content: { 'application/json': { schema: body.schema as TSchema } } }
    case 'form':
      return { required: true, content: { 'application/x-www-form-urlencoded': { schema: body.schema } } }
    case 'binary':
      return { required: true, content: { 'application/octet-stream': {} } }
    case 'none':
      return undefined
  }
}

function answerContent({ answer, status }: AnyEndpoint): object {
  if (status === 204) return {}
  switch (answer.kind) {
    case 'json':
      return { content: { 'application/json': { schema: answer.schema } } }
    case 'html':
      return { content: { 'text/html': {} } }
    case 'binary':
      return { content: { '*/*': {} } }
  }
}
