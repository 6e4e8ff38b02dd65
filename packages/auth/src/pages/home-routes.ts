import { contract } from '@glia/contract'
import { type Route, route } from '@glia/http'
import { html } from '../html.ts'
import { openVisit, type VisitDeps } from './visit.ts'

export function homeRoutes(deps: VisitDeps): Route[] {
  return [
    route(contract.pages.home.showHome, async ({ request }) => {
      const visit = await openVisit(deps, request)
      return visit.show({
        title: 'It works',
        body: html`${
          deps.hasHomeserver
            ? html`<p>This is the Matrix homeserver <strong>${visit.serverName}</strong>. In a Matrix client, sign in with the address
<code>${deps.issuer()}</code></p>`
            : html`<p>Here users of <strong>${visit.serverName}</strong> sign in. In a Matrix client, give that name.</p>`
        }
<ul><li><a href="/account/">Your account</a></li>${deps.hasHomeserver && html`<li><a href="/admin/">Console for administrators</a></li>`}<li><a href="/link">Link a device</a></li></ul>`,
      })
    }),
  ]
}
