import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { flag, integer, nullable, userIdParam } from '../fields.ts'
import { Type } from '../schema.ts'

const common = {
  surface: 'glia',
  access: access.serverAdmin,
  source: 'Glia, docs/retention.md',
  path: '/_glia/admin/v1/users/{user_id}/media_quota',
  params: { user_id: userIdParam() },
} as const

const quota = Type.Object({
  max_bytes: nullable(integer({ description: 'how much the files of the user may add up to; null: any amount' })),
  is_default: flag({ description: 'it is that of the configuration' }),
  used_bytes: integer(),
  files: integer(),
})

export const getMediaQuota = endpoint({
  ...common,
  id: 'glia.media_quotas.get',
  method: 'GET',
  summary: 'How much a user may upload, and has uploaded',
  response: quota,
  errors: ['M_NOT_FOUND'],
})

export const setMediaQuota = endpoint({
  ...common,
  id: 'glia.media_quotas.set',
  method: 'PUT',
  summary: 'Sets how much a user may upload, in place of what is configured',
  body: { max_bytes: nullable(integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'null: any amount' })) },
  response: quota,
  errors: ['M_NOT_FOUND'],
})

export const resetMediaQuota = endpoint({
  ...common,
  id: 'glia.media_quotas.reset',
  method: 'DELETE',
  summary: 'Lets what is configured hold for a user again',
  response: quota,
  errors: ['M_NOT_FOUND'],
})
