import { html } from '../html.ts'
import { page } from './layout.ts'

/** Draws an error for a person; for `createHttpServer`. */
export function createErrorPage(serverName: string) {
  return ({ title, message }: { status: number; title: string; message: string }): string =>
    page({ title, serverName, body: html`<p>${message}</p><p><a href="/account/">Go to your account</a></p>` })
}
