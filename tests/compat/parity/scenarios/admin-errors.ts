import type { Scenario } from '../stage.ts'

/** Tokens, paths, methods, bodies: what is refused before an endpoint of the Admin API does anything. */
export const adminErrors: Scenario = {
  area: 'admin-errors',
  async run({ register, userId, api, note }) {
    const root = await register('root', { admin: true })
    const path = '/_synapse/admin/v2/users'
    const token = root.accessToken
    const withHeader = (authorization: string, more = '') => api('GET', `${path}${more}`, { headers: { authorization } })

    note('no token', await api('GET', path))
    note('unknown token', await api('GET', path, { token: 'none' }))
    note('empty token', await withHeader('Bearer '))
    note('no scheme', await withHeader(token))
    note('other scheme', await withHeader(`Basic ${token}`))
    note('scheme in lower case', await withHeader(`bearer ${token}`))
    note('two blanks', await withHeader(`Bearer  ${token}`))
    note(
      'token in the query',
      await api('GET', `${path}?access_token=${token}&limit=0`).then((answer) => ({ ...answer, body: Object.keys(answer.body).sort() })),
    )
    note('token in the query: unknown', await api('GET', `${path}?access_token=none`))
    note('token in the query: empty', await api('GET', `${path}?access_token=`))
    note('token twice', await withHeader(`Bearer ${token}`, `?access_token=${token}`))
    note('HEAD', await root.api('HEAD', '/_synapse/admin/v1/server_version'))
    note('OPTIONS', await api('OPTIONS', path))

    note('unknown path', await root.admin('GET', '/v1/none'))
    note('unknown path: without token', await api('GET', '/_synapse/admin/v1/none'))
    note('unknown version', await root.admin('GET', '/v9/users'))
    note('unknown surface', await api('GET', '/_synapse/none'))
    note('method', await root.admin('DELETE', '/v2/users'))
    note('method: without token', await api('PATCH', path))
    note('long gone: purge_room', await root.admin('POST', '/v1/purge_room', {}))
    note('long gone: shutdown_room', await root.admin('POST', '/v1/shutdown_room/x', {}))
    note('trailing slash', await root.admin('GET', '/v2/users/'))
    note('empty segment', await root.admin('GET', '/v1/rooms/'))

    const put = (raw: string, headers?: Record<string, string>) =>
      root.api('PUT', `${path}/${userId('new')}`, { raw, headers: headers ?? {} })
    note('body: empty', await put(''))
    note('body: no JSON', await put('{'))
    note('body: NaN', await put('{"displayname": NaN}'))
    note('body: list', await put('[]'))
    note('body: text', await put('"x"'))
    note('body: null', await put('null'))
    note('body: number', await put('5'))
    note('body: not UTF-8', await root.api('PUT', `${path}/${userId('new')}`, { raw: new Uint8Array([0x22, 0xff, 0x22]) }))
    note(
      'body: key twice',
      await put('{"displayname": "a", "displayname": "b"}').then(({ body, ...answer }) => ({ ...answer, body: body.displayname })),
    )
    note('body: other content type', await put('{}', { 'content-type': 'text/plain' }).then((answer) => ({ ...answer, body: null })))
    note('body: ignored where none is read', await root.api('POST', '/_synapse/admin/v1/media/delete?before_ts=30000000000', { raw: '{' }))
    note(
      'query: first value counts',
      await root.admin('GET', '/v2/users?limit=0&limit=x').then((answer) => ({ ...answer, body: answer.body.users })),
    )
    note(
      'query: unknown parameter',
      await root.admin('GET', '/v2/users?limit=0&colour=red').then((answer) => ({ ...answer, body: answer.body.users })),
    )
    note('query: plus is a blank', await root.admin('GET', '/v1/username_available?username=a+b'))
    note('path: bad escape', await root.admin('GET', '/v2/users/%zz'))
    note('path: not UTF-8', await root.admin('GET', '/v2/users/%ff'))
    note('path: escaped slash', await root.admin('GET', '/v2/users/%40a%2Fb%3Aother.example'))
  },
}
