import { allEndpoints, contract } from '@glia/contract'
import { expect, test } from 'vitest'
import { createClient } from './client.ts'

test('the client has a method for every endpoint, and nothing else', () => {
  const client = createClient({ baseUrl: 'https://matrix.test' })
  const methods = Object.values(client).flatMap((surface) => Object.values(surface).flatMap((resource) => Object.values(resource)))
  expect(methods.every((method) => typeof method === 'function')).toBe(true)
  expect(methods).toHaveLength(allEndpoints().length)
  expect(Object.keys(client)).toEqual(Object.keys(contract))
})

test('parameters, query and token go where the endpoint has them', async () => {
  const seen: Request[] = []
  const client = createClient({
    baseUrl: 'https://matrix.test/',
    token: 'secret',
    fetch: async (input, init) => {
      seen.push(new Request(input, init))
      return Response.json({})
    },
  })
  await client.admin.users.setUserAdmin({ params: { user_id: '@a/b:matrix.test' }, body: { admin: true } })
  expect(seen[0]!.url).toBe('https://matrix.test/_synapse/admin/v1/users/%40a%2Fb%3Amatrix.test/admin')
  expect(seen[0]!.headers.get('authorization')).toBe('Bearer secret')
  expect(await seen[0]!.json()).toEqual({ admin: true })
})
