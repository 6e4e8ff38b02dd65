import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'

export const showHome = endpoint({
  id: 'pages.home.show',
  method: 'GET',
  path: '/',
  surface: 'page',
  access: access.browser,
  summary: 'Says that a homeserver is here, and where to go on',
  source: 'Glia',
  produces: 'html',
})
