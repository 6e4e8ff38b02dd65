export { urlPreviewClientRoutes } from './routes.ts'
export type { UrlPattern } from './url-blacklist.ts'
export { createUrlPreviews, type UrlPreviewSettings, type UrlPreviews } from './url-previews.ts'
