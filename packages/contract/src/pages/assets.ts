import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'

export const getStylesheet = endpoint({
  id: 'pages.assets.stylesheet',
  method: 'GET',
  path: '/assets/pages.css',
  surface: 'page',
  access: access.public,
  summary: 'Stylesheet of the pages',
  source: 'Glia',
  produces: 'binary',
})
