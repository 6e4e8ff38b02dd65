import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { findGuide } from './guide.ts'
import { contentSecurityPolicy, sendStatic } from './send-static.ts'
import { StaticFolder } from './static-folder.ts'

/** Swagger UI sets style attributes as text. Requests go to this server only: it is its own description. */
const POLICY = contentSecurityPolicy({
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
})

const OF_SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']

/** Serves Swagger UI for `/_glia/openapi.json` under `/_glia/docs/`, and the guides of the repository beside it: `/_glia/docs/getting-started`. */
export function serveApiDocs(app: FastifyInstance): void {
  const own = new StaticFolder(join(import.meta.dirname, 'api-docs-page'))
  const swaggerUi = new StaticFolder(dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json')))
  // where MAS has its page
  for (const path of ['/api/doc', '/api/doc/']) app.get(path, async (_request, reply) => reply.redirect('/_glia/docs/', 307))
  app.get('/_glia/docs', async (_request, reply) => reply.redirect('/_glia/docs/', 308))
  app.get('/_glia/docs/*', async (request, reply) => {
    const name = (request.params as { '*': string })['*'] || 'index.html'
    const file = (await (OF_SWAGGER_UI.includes(name) ? swaggerUi : own).find(name)) ?? (await findGuide(name))
    if (!file) return reply.callNotFound()
    return sendStatic(request, reply, file, { contentSecurityPolicy: POLICY, isImmutable: false })
  })
}
