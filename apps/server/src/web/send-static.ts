import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StaticFile } from './static-folder.ts'

const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
}

export interface SendOptions {
  readonly contentSecurityPolicy: string
  /** The name changes with the content, so it may be kept for good. Everything else is asked for again. */
  readonly isImmutable: boolean
}

/** Answers with a file: compressed if the browser takes that, 304 if it has it already. */
export function sendStatic(request: FastifyRequest, reply: FastifyReply, file: StaticFile, options: SendOptions): FastifyReply {
  reply.headers({
    ...SECURITY_HEADERS,
    'content-type': file.contentType,
    'content-security-policy': options.contentSecurityPolicy,
    'cache-control': options.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.etag,
    vary: 'accept-encoding',
  })
  if (request.headers['if-none-match'] === file.etag) return reply.code(304).send()
  const takesGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
  if (takesGzip && file.gzipped) return reply.header('content-encoding', 'gzip').send(file.gzipped)
  return reply.send(file.body)
}

/** A policy of its parts: `{ 'script-src': "'self'" }`. What is not named is forbidden. */
export function contentSecurityPolicy(parts: Readonly<Record<string, string>>): string {
  const all = { 'default-src': "'none'", 'base-uri': "'none'", 'form-action': "'none'", 'frame-ancestors': "'none'", ...parts }
  return Object.entries(all)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}
