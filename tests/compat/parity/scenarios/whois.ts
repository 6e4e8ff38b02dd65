import type { Answer, Scenario } from '../stage.ts'

export const whois: Scenario = {
  area: 'whois',
  async run({ register, userId, api, note, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const connected = ({ body }: Answer) =>
      Object.values<{ sessions: { connections: object[] }[] }>(body.devices).some(({ sessions }) => sessions[0]!.connections.length > 0)

    await ann.client('GET', '/account/whoami')
    note('of a user', await until(() => root.admin('GET', `/v1/whois/${ann.userId}`), connected))
    note('of oneself', await until(() => ann.client('GET', `/admin/whois/${ann.userId}`), connected))
    note('of oneself, by the Admin API', await ann.admin('GET', `/v1/whois/${ann.userId}`))
    note('of somebody else', await ann.client('GET', `/admin/whois/${root.userId}`))
    note('unknown', await root.admin('GET', `/v1/whois/${userId('nobody')}`))
    note('of another server', await root.admin('GET', '/v1/whois/@x:other.example'))
    note('malformed id', await root.admin('GET', '/v1/whois/x'))
    note('malformed id without token', await api('GET', '/_synapse/admin/v1/whois/x'))
    note('without token', await api('GET', `/_synapse/admin/v1/whois/${ann.userId}`))
  },
}
