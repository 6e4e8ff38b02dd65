import { afterEach, expect, test } from 'vitest'
import { type AnsweringServer, type CannedAnswer, startAnsweringServer } from '../answering-server-fixture.ts'
import { findHomeserver } from './find-homeserver.ts'

const versions: CannedAnswer = { status: 200, json: { versions: ['v1.1'] } }
const nothing: CannedAnswer = { status: 404, json: {} }

const servers: AnsweringServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function serve(answers: Record<string, CannedAnswer>): Promise<AnsweringServer> {
  const server = await startAnsweringServer(({ path }) => answers[path] ?? nothing)
  servers.push(server)
  return server
}

test('a URL at which a homeserver answers is taken as it is, without the slash', async () => {
  const server = await serve({ '/_matrix/client/versions': versions })
  expect(await findHomeserver(`${server.url}/`)).toBe(server.url)
})

test('a homeserver may live below a path', async () => {
  const server = await serve({ '/below/_matrix/client/versions': versions })
  expect(await findHomeserver(`${server.url}/below/`)).toBe(`${server.url}/below`)
})

test('a name of this machine is reached without encryption', async () => {
  const server = await serve({ '/_matrix/client/versions': versions })
  expect(await findHomeserver(new URL(server.url).host)).toBe(server.url)
  expect(await findHomeserver(`@alice:${new URL(server.url).host}`)).toBe(server.url)
})

test('where no homeserver answers, that is told', async () => {
  const server = await serve({})
  await expect(findHomeserver(server.url)).rejects.toThrow(`no homeserver answers at ${server.url}`)
})

test.each(['', 'ftp://glia.test', 'https://user:password@glia.test', 'https://user@glia.test', 'two words', 'file:///etc/passwd'])(
  'refuses %j',
  async (written) => {
    await expect(findHomeserver(written)).rejects.toThrow('is neither the URL nor the name of a homeserver')
  },
)
