import { join } from 'node:path'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { contentSecurityPolicy, sendStatic } from './send-static.ts'
import { StaticFolder } from './static-folder.ts'

const BUILT_CONSOLE = join(import.meta.dirname, '../../../console/dist')

/**
 * The console may talk to any homeserver that its user names, so `connect-src` is open. Mantine puts style elements with computed rules into
 * the page; a nonce would need a page made anew for each visit, and styles run nothing, so inline styles are allowed. Scripts are only ours.
 */
const POLICY = contentSecurityPolicy({
  'script-src': "'self'",
  'style-src': "'self' 'unsafe-inline'",
  'img-src': "'self' data: blob:",
  'connect-src': "'self' https: http:",
})

const NOT_BUILT = 'The console has not been built. "npm start" does it; so does "npm run build:console".\n'

/** Serves the built console under `/admin/`. Addresses that are no files are the console's own: they get its page. */
export function serveConsole(app: FastifyInstance): void {
  const folder = new StaticFolder(BUILT_CONSOLE)
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const name = (request.params as { '*'?: string })['*'] ?? ''
    const file = await folder.find(name)
    if (file && name !== 'index.html') {
      return sendStatic(request, reply, file, { contentSecurityPolicy: POLICY, isImmutable: name.startsWith('assets/') })
    }
    // an asset of an older build; its page would not know what to do with HTML
    if (name.startsWith('assets/')) return reply.code(404).type('text/plain').send('There is nothing here.\n')
    const page = await folder.find('index.html')
    if (!page) return reply.code(503).type('text/plain').send(NOT_BUILT)
    return sendStatic(request, reply, page, { contentSecurityPolicy: POLICY, isImmutable: false })
  }
  app.get('/admin', async (_request, reply) => reply.redirect('/admin/', 308))
  app.get('/admin/*', answer)
}
