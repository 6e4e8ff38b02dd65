import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, flag, integer, text } from '../fields.ts'
import { Type } from '../schema.ts'

export const getVersion = endpoint({
  id: 'auth_admin.server.get_version',
  method: 'GET',
  path: '/api/admin/v1/version',
  surface: 'auth-admin',
  access: access.authAdmin,
  summary: 'The version of the running software',
  source: 'MAS Admin API, version',
  response: Type.Object({ version: text() }),
})

export const getOpenApi = endpoint({
  id: 'auth_admin.server.get_openapi',
  method: 'GET',
  path: '/api/spec.json',
  surface: 'auth-admin',
  access: access.public,
  summary: 'The description of this API, as OpenAPI 3.1',
  source: 'MAS Admin API',
  response: anyObject(),
})

export const getSiteConfig = endpoint({
  id: 'auth_admin.server.get_site_config',
  method: 'GET',
  path: '/api/admin/v1/site-config',
  surface: 'auth-admin',
  access: access.authAdmin,
  summary: 'What this server lets people do, as far as admin tools need to know',
  source: 'MAS Admin API, siteConfig',
  response: Type.Object({
    server_name: text(),
    password_login_enabled: flag(),
    password_registration_enabled: flag(),
    password_registration_email_required: flag(),
    password_registration_token_required: flag(),
    registration_token_required: flag(),
    email_change_allowed: flag(),
    displayname_change_allowed: flag(),
    password_change_allowed: flag(),
    account_recovery_allowed: flag(),
    account_deactivation_allowed: flag(),
    captcha_enabled: flag(),
    minimum_password_complexity: integer({ minimum: 0, maximum: 4, description: 'zxcvbn score; 0: not checked' }),
  }),
})
