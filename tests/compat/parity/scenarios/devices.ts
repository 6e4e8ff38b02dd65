import type { Answer, Scenario } from '../stage.ts'

export const devices: Scenario = {
  area: 'devices',
  async run({ register, logIn, userId, note }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const phone = await logIn(ann, 'phone')
    const laptop = await logIn(ann, 'laptop')
    const of = (id: string, more = '') => `/v2/users/${encodeURIComponent(id)}/devices${more}`
    // when a device was last seen is written down late
    const still = (answer: Answer): Answer => {
      const body = JSON.parse(JSON.stringify(answer.body), (key, value) => (key.startsWith('last_seen') ? '…' : value))
      body.devices?.sort((a: { device_id: string }, b: { device_id: string }) => order(a.device_id) - order(b.device_id))
      return { ...answer, body }
    }
    const order = (id: string) => [ann.deviceId, phone.deviceId, laptop.deviceId].indexOf(id)

    note('list', still(await root.admin('GET', of(ann.userId))))
    note('one', still(await root.admin('GET', of(ann.userId, `/${phone.deviceId}`))))
    note('one: unknown', await root.admin('GET', of(ann.userId, '/NONE')))
    note('rename', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`), { display_name: 'Phone' }))
    note('rename: read', still(await root.admin('GET', of(ann.userId, `/${phone.deviceId}`))))
    note('rename: nothing', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`), {}))
    note('rename: empty body', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`)))
    note('rename: number', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`), { display_name: 5 }))
    note('rename: null', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`), { display_name: null }))
    note('rename: too long', await root.admin('PUT', of(ann.userId, `/${phone.deviceId}`), { display_name: 'x'.repeat(101) }))
    note('rename: unknown', await root.admin('PUT', of(ann.userId, '/NONE'), { display_name: 'x' }))

    note('make', await root.admin('POST', of(ann.userId), { device_id: 'MADE' }))
    note('make: again', await root.admin('POST', of(ann.userId), { device_id: 'MADE' }))
    note('make: read', still(await root.admin('GET', of(ann.userId, '/MADE'))))
    note('make: without id', await root.admin('POST', of(ann.userId), {}))
    note('make: number', await root.admin('POST', of(ann.userId), { device_id: 5 }))

    note('delete', await root.admin('DELETE', of(ann.userId, `/${phone.deviceId}`)))
    note('delete: its token', await phone.client('GET', '/account/whoami'))
    note('delete: again', await root.admin('DELETE', of(ann.userId, `/${phone.deviceId}`)))
    note('delete several: missing', await root.admin('POST', `/v2/users/${ann.userId}/delete_devices`, {}))
    note('delete several: text', await root.admin('POST', `/v2/users/${ann.userId}/delete_devices`, { devices: 'MADE' }))
    note('delete several: numbers', await root.admin('POST', `/v2/users/${ann.userId}/delete_devices`, { devices: [5] }))
    note('delete several: none', await root.admin('POST', `/v2/users/${ann.userId}/delete_devices`, { devices: [] }))
    note(
      'delete several',
      await root.admin('POST', `/v2/users/${ann.userId}/delete_devices`, { devices: ['MADE', laptop.deviceId, 'NONE'] }),
    )
    note('delete several: rest', still(await root.admin('GET', of(ann.userId))))

    for (const [label, id] of [
      ['unknown user', userId('nobody')],
      ['user of another server', '@x:other.example'],
      ['malformed id', 'x'],
    ] as const) {
      note(`list: ${label}`, await root.admin('GET', of(id)))
      note(`one: ${label}`, await root.admin('GET', of(id, '/X')))
      note(`rename: ${label}`, await root.admin('PUT', of(id, '/X'), { display_name: 'x' }))
      note(`make: ${label}`, await root.admin('POST', of(id), { device_id: 'X' }))
      note(`delete: ${label}`, await root.admin('DELETE', of(id, '/X')))
      note(`delete several: ${label}`, await root.admin('POST', `/v2/users/${encodeURIComponent(id)}/delete_devices`, { devices: ['X'] }))
    }

    const tablet = await logIn(ann, 'tablet')
    note('own: one', still(await tablet.client('GET', `/devices/${tablet.deviceId}`)))
    note('own: one: unknown', await tablet.client('GET', '/devices/NONE'))
    note('own: rename', await tablet.client('PUT', `/devices/${tablet.deviceId}`, { display_name: 'Tablet' }))
    note('own: rename: unknown', await tablet.client('PUT', '/devices/NONE', { display_name: 'x' }))
    note('own: rename: number', await tablet.client('PUT', `/devices/${tablet.deviceId}`, { display_name: 5 }))
    note('own: delete: without password', await tablet.client('DELETE', `/devices/${ann.deviceId}`, {}))
    const auth = { type: 'm.login.password', identifier: { type: 'm.id.user', user: ann.localpart }, password: ann.password }
    note('own: delete: wrong password', await tablet.client('DELETE', `/devices/${ann.deviceId}`, { auth: { ...auth, password: 'x' } }))
    note('own: delete', await tablet.client('DELETE', `/devices/${ann.deviceId}`, { auth }))
    note('own: delete several: missing', await tablet.client('POST', '/delete_devices', { auth }))
    note('own: delete several', await tablet.client('POST', '/delete_devices', { auth, devices: [tablet.deviceId] }))
    note('own: deleted', await tablet.client('GET', '/devices'))
  },
}
