import { renderCliReference } from '../apps/cli/src/render-reference.ts'
import { renderConfigReference } from '../apps/server/src/config/index.ts'
import { gliaVersion } from '../apps/server/src/version.ts'
import { openApiDocument } from '../packages/contract/src/index.ts'
import { renderParityReference } from '../tests/compat/parity/render-parity-reference.ts'
import { renderConformance } from './conformance/render-conformance.ts'

/** What is made out of the code for readers: content by path from the root of the repository. */
export async function generatedFiles(): Promise<Readonly<Record<string, string>>> {
  const openApi = openApiDocument({ version: gliaVersion, serverUrl: 'http://127.0.0.1:8008' })
  return {
    'docs/reference/openapi.json': `${JSON.stringify({ ...openApi, paths: sorted(openApi.paths as object) }, undefined, 2)}\n`,
    'docs/reference/configuration.md': renderConfigReference(),
    'docs/reference/cli.md': await renderCliReference(),
    'docs/reference/parity.md': renderParityReference(),
    'docs/reference/conformance.md': renderConformance(),
  }
}

/** By path and method: the order of the code differs between Node and the test runner. */
function sorted(paths: object): object {
  const byName = (map: object): object => Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
  return byName(Object.fromEntries(Object.entries(paths).map(([path, methods]) => [path, byName(methods as object)])))
}
