import { createHmac } from 'node:crypto'
import type { Scenario } from '../stage.ts'

/** What is refused before the secret matters, and what a registered user gets; the MAC of the right secret is `register`'s. */
export const sharedSecretRegistration: Scenario = {
  area: 'shared-secret-registration',
  async run({ register, localpart, api, note }) {
    const path = '/_synapse/admin/v1/register'
    const nonce = async (): Promise<string> => (await api('GET', path)).body.nonce
    const post = (body: unknown) => api('POST', path, { body })
    const wrong = createHmac('sha1', 'wrong').update('x').digest('hex')

    note('nonce', await api('GET', path))
    note('nothing', await post({}))
    note('empty body', await api('POST', path))
    note('nonce only', await post({ nonce: await nonce() }))
    note('nonce: unknown', await post({ nonce: 'x', username: 'a', password: 'b', mac: wrong }))
    note('nonce: number', await post({ nonce: 5 }))
    note('wrong mac', await post({ nonce: await nonce(), username: localpart('a'), password: 'b', admin: true, mac: wrong }))
    const used = await nonce()
    await post({ nonce: used, username: localpart('a'), password: 'b', mac: wrong })
    note('nonce used by a wrong mac', await post({ nonce: used, username: localpart('a'), password: 'b', mac: wrong }))
    note('username: number', await post({ nonce: await nonce(), username: 5, password: 'b', mac: wrong }))
    note('username: null', await post({ nonce: await nonce(), username: null, password: 'b', mac: wrong }))
    note('username: NUL', await post({ nonce: await nonce(), username: 'a\0b', password: 'b', mac: wrong }))
    note('username: too long', await post({ nonce: await nonce(), username: 'x'.repeat(513), password: 'b', mac: wrong }))
    note('password: missing', await post({ nonce: await nonce(), username: 'a', mac: wrong }))
    note('password: number', await post({ nonce: await nonce(), username: 'a', password: 5, mac: wrong }))
    note('password: NUL', await post({ nonce: await nonce(), username: 'a', password: 'a\0b', mac: wrong }))
    note('password: too long', await post({ nonce: await nonce(), username: 'a', password: 'x'.repeat(513), mac: wrong }))
    note('user_type: unknown', await post({ nonce: await nonce(), username: 'a', password: 'b', user_type: 'x', mac: wrong }))
    note('mac: missing', await post({ nonce: await nonce(), username: 'a', password: 'b' }))
    note('mac: number', await post({ nonce: await nonce(), username: 'a', password: 'b', mac: 5 }))
    note('method', await api('PUT', path, { body: {} }))

    const ann = await register('ann', { admin: true })
    note('registered: whoami', await ann.client('GET', '/account/whoami'))
    note(
      'registered: details',
      await ann.admin('GET', `/v2/users/${ann.userId}`).then((answer) => ({ ...answer, body: { ...answer.body, last_seen_ts: 0 } })),
    )
    note(
      'registered: login',
      await ann.api('GET', '/_matrix/client/v3/devices').then((answer) => ({ ...answer, body: answer.body.devices.length })),
    )
  },
}
