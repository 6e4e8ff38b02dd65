import type { Scenario } from '../stage.ts'

/** Registration that is open, without a captcha, an email address or a token. */
export const registration: Scenario = {
  area: 'register',
  async run({ register, localpart, mark, api, note, name }) {
    const ann = await register('ann')
    const post = (body: unknown, query = '') => api('POST', `/_matrix/client/v3/register${query}`, { body })
    const dummy = { type: 'm.login.dummy' }
    const make = (user: string, more: Readonly<Record<string, unknown>> = {}) =>
      post({ username: localpart(user), password: 'secret secret', auth: dummy, ...more })

    const flows = await post({ username: localpart('ben'), password: 'secret secret' })
    note('flows', flows)
    name('<session>', flows.body.session)
    note(
      'in the session',
      await post({ username: localpart('ben'), password: 'secret secret', auth: { ...dummy, session: flows.body.session } }),
    )
    note(
      'in the session: again',
      await post({ username: localpart('ben'), password: 'secret secret', auth: { ...dummy, session: flows.body.session } }),
    )
    note('at once', await make('cy'))
    note('on a device', await make('dee', { device_id: 'PHONE', initial_device_display_name: 'Phone' }))
    note('without session', await make('eve', { inhibit_login: true }))
    note('with refresh token', await make('fay', { refresh_token: true }))
    note('upper case', await make('GUS'))
    const random = await post({ password: 'secret secret', auth: dummy })
    note('without name', random, { ...random.body, user_id: typeof random.body.user_id })
    note('kind user', await post({ username: localpart('hal'), password: 'secret secret', auth: dummy }, '?kind=user'))
    note('kind unknown', await post({ username: localpart('ida'), password: 'secret secret', auth: dummy }, '?kind=x'))
    note('guest', await post({}, '?kind=guest'))

    note('taken', await make('ann'))
    note('taken: before auth', await post({ username: ann.localpart, password: 'secret secret' }))
    note('bad letters', await post({ username: `a b ${mark}`, password: 'secret secret', auth: dummy }))
    note('empty name', await post({ username: '', password: 'secret secret', auth: dummy }))
    note('number as name', await post({ username: 5, password: 'secret secret', auth: dummy }))
    note('digits as name', await post({ username: '12345678', password: 'secret secret', auth: dummy }))
    note('underscore first', await post({ username: `_x.${mark}`, password: 'secret secret', auth: dummy }))
    note('too long', await post({ username: 'x'.repeat(256), password: 'secret secret', auth: dummy }))
    note('number as password', await make('kim', { password: 5 }))
    note('too long a password', await make('kim', { password: 'x'.repeat(513) }))
    note('without password', await post({ username: localpart('lee'), auth: dummy }))
    note('without anything', await post({}))
    note('auth: unknown type', await make('lee', { auth: { type: 'm.login.none' } }))
    note('auth: without type', await make('lee', { auth: {} }))
    note('auth: text', await make('lee', { auth: 'x' }))
    note('auth: unknown session', await make('mia', { auth: { ...dummy, session: 'none' } }))
    note('body: list', await post([]))

    const available = (query: string) => api('GET', `/_matrix/client/v3/register/available${query}`)
    note('available', await available(`?username=${localpart('nobody')}`))
    note('available: taken', await available(`?username=${ann.localpart}`))
    note('available: bad letters', await available('?username=a%20b'))
    note('available: empty', await available('?username='))
    note('available: missing', await available(''))
    note(
      'email',
      await api('POST', '/_matrix/client/v3/register/email/requestToken', {
        body: { client_secret: 'x', email: 'x@y.example', send_attempt: 1 },
      }),
    )
  },
}
