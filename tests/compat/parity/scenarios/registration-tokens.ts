import type { Answer, Scenario } from '../stage.ts'

export const registrationTokens: Scenario = {
  area: 'registration-tokens',
  async run({ register, mark, api, note }) {
    const root = await register('root', { admin: true })
    const create = (body?: unknown) => root.admin('POST', '/v1/registration_tokens/new', body)
    const tomorrow = Date.now() + 86_400_000
    const ours = ({ body }: Answer) => ({
      ...body,
      registration_tokens: body.registration_tokens
        ?.filter(({ token }: { token: string }) => token.includes(mark))
        .sort((a: { token: string }, b: { token: string }) => (a.token < b.token ? -1 : 1)),
    })

    note('make', await create({ token: `all.${mark}`, uses_allowed: 2, expiry_time: tomorrow }))
    note('make: unlimited', await create({ token: `free.${mark}` }))
    note('make: nulls', await create({ token: `null.${mark}`, uses_allowed: null, expiry_time: null }))
    note('make: none allowed', await create({ token: `none.${mark}`, uses_allowed: 0 }))
    const random = await create({})
    note('make: random', random, { ...random.body, token: random.body.token.length })
    const long = await create({ length: 32 })
    note('make: length', long, { ...long.body, token: long.body.token.length })
    note('make: taken', await create({ token: `all.${mark}` }))
    note('make: without body', await create().then((answer) => ({ ...answer, body: { ...answer.body, token: '…' } })))
    for (const [label, body] of Object.entries({
      'bad letters': { token: 'a b' },
      'tilde and dot': { token: `~.${mark}` },
      'too long': { token: 'x'.repeat(65) },
      empty: { token: '' },
      number: { token: 5 },
      'null and length 5': { token: null, length: 5, uses_allowed: -1 },
      'length 0': { length: 0 },
      'length 65': { length: 65 },
      'length text': { length: '5' },
      'length 1.5': { length: 1.5 },
      'uses negative': { token: `bad.${mark}`, uses_allowed: -1 },
      'uses text': { token: `bad.${mark}`, uses_allowed: '1' },
      'uses 1.5': { token: `bad.${mark}`, uses_allowed: 1.5 },
      'expiry past': { token: `bad.${mark}`, expiry_time: 5 },
      'expiry text': { token: `bad.${mark}`, expiry_time: 'x' },
      'expiry 1.5': { token: `bad.${mark}`, expiry_time: 1.5 },
    })) {
      note(`make: ${label}`, await create(body))
    }

    for (const query of ['', '?valid=true', '?valid=false']) {
      const answer = await root.admin('GET', `/v1/registration_tokens${query}`)
      note(`list${query}`, answer, ours(answer))
    }
    note('list: bad', await root.admin('GET', '/v1/registration_tokens?valid=x'))

    const token = (name: string, method = 'GET', body?: unknown) => root.admin(method, `/v1/registration_tokens/${name}`, body)
    note('read', await token(`all.${mark}`))
    note('read: unknown', await token('nothing'))
    note('change', await token(`all.${mark}`, 'PUT', { uses_allowed: 5, expiry_time: null }))
    note('change: uses only', await token(`all.${mark}`, 'PUT', { uses_allowed: null }))
    note('change: nothing', await token(`all.${mark}`, 'PUT', {}))
    note('change: unknown', await token('nothing', 'PUT', { uses_allowed: 1 }))
    note('change: unknown, nothing', await token('nothing', 'PUT', {}))
    note('change: uses text', await token(`all.${mark}`, 'PUT', { uses_allowed: 'x' }))
    note('change: uses negative', await token(`all.${mark}`, 'PUT', { uses_allowed: -1 }))
    note('change: expiry past', await token(`all.${mark}`, 'PUT', { expiry_time: 5 }))
    note('change: expiry text', await token(`all.${mark}`, 'PUT', { expiry_time: 'x' }))
    note('delete', await token(`all.${mark}`, 'DELETE'))
    note('delete: again', await token(`all.${mark}`, 'DELETE'))
    note('deleted', await token(`all.${mark}`))
    note('new is a place to post to', await token('new'))

    const validity = (query: string) => api('GET', `/_matrix/client/v1/register/m.login.registration_token/validity${query}`)
    note('validity: free', await validity(`?token=free.${mark}`))
    note('validity: no uses left', await validity(`?token=none.${mark}`))
    note('validity: unknown', await validity('?token=nothing'))
    note('validity: missing', await validity(''))
  },
}
