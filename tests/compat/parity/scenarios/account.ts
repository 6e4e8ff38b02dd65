import type { Scenario } from '../stage.ts'

export const account: Scenario = {
  area: 'account',
  async run({ register, logIn, api, note, name }) {
    const ann = await register('ann')
    const phone = await logIn(ann, 'phone')
    const auth = (password: string) => ({ type: 'm.login.password', identifier: { type: 'm.id.user', user: ann.localpart }, password })

    note('whoami', await ann.client('GET', '/account/whoami'))
    note('whoami: without token', await api('GET', '/_matrix/client/v3/account/whoami'))
    note('whoami: unknown token', await api('GET', '/_matrix/client/v3/account/whoami', { token: 'none' }))
    note('whoami: token in the query', await api('GET', `/_matrix/client/v3/account/whoami?access_token=${ann.accessToken}`))

    const password = (body: unknown) => ann.client('POST', '/account/password', body)
    const flows = await password({ new_password: 'second secret' })
    note('password: flows', flows)
    name('<session>', flows.body.session)
    note('password: wrong', await password({ new_password: 'second secret', auth: { ...auth('wrong'), session: flows.body.session } }))
    note(
      'password: of somebody else',
      await password({ new_password: 'x secret', auth: { ...auth('x'), identifier: { type: 'm.id.user', user: 'x' } } }),
    )
    note('password: right', await password({ new_password: 'second secret', auth: { ...auth(ann.password), session: flows.body.session } }))
    note('password: own session', await ann.client('GET', '/account/whoami'))
    note('password: other session', await phone.client('GET', '/account/whoami'))
    const kept = await logIn({ ...ann, password: 'second secret' }, 'kept')
    note('password: keep sessions', await password({ new_password: 'third secret', logout_devices: false, auth: auth('second secret') }))
    note('password: kept session', await kept.client('GET', '/account/whoami'))
    note('password: missing', await password({ auth: auth('third secret') }))
    note('password: number', await password({ new_password: 5, auth: auth('third secret') }))
    note('password: too long', await password({ new_password: 'x'.repeat(513), auth: auth('third secret') }))
    note('password: without token', await api('POST', '/_matrix/client/v3/account/password', { body: { new_password: 'x' } }))
    note(
      'password: by email',
      await api('POST', '/_matrix/client/v3/account/password/email/requestToken', {
        body: { client_secret: 'x', email: 'x@y.example', send_attempt: 1 },
      }),
    )

    note('addresses', await ann.client('GET', '/account/3pid'))
    note('deactivate: flows', await kept.client('POST', '/account/deactivate', {}))
    note('deactivate: erase text', await kept.client('POST', '/account/deactivate', { erase: 'x' }))
    note('turn server', await ann.client('GET', '/voip/turnServer'))
    note('protocols', await ann.client('GET', '/thirdparty/protocols'))
    const capabilities = await ann.client('GET', '/capabilities')
    note(
      'capabilities',
      capabilities,
      Object.keys(capabilities.body.capabilities).filter((capability) => capability.startsWith('m.')),
    )
    note('capabilities: change password', capabilities, capabilities.body.capabilities['m.change_password'])
    note('capabilities: default room version', capabilities, capabilities.body.capabilities['m.room_versions'].default)
    note('capabilities: without token', await api('GET', '/_matrix/client/v3/capabilities'))
    note('user directory: without term', await ann.client('POST', '/user_directory/search', {}))
    note('user directory: number', await ann.client('POST', '/user_directory/search', { search_term: 5 }))
    note('user directory: bad limit', await ann.client('POST', '/user_directory/search', { search_term: 'x', limit: 'x' }))
    note('user directory: nobody', await ann.client('POST', '/user_directory/search', { search_term: `nobody${ann.localpart}` }))
    note('openid token: of somebody else', await ann.client('POST', '/user/@x:other.example/openid/request_token', {}))
  },
}
