export { serveApiDocs } from './api-docs.ts'
export { serveConsole } from './console-files.ts'
