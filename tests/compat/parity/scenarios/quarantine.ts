import { type Answer, roomPath, type Scenario } from '../stage.ts'

export const quarantine: Scenario = {
  area: 'quarantine',
  async run({ register, userId, serverName, mark, note, name }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const upload = async (label: string, user: typeof ann, raw: string) => {
      const { body } = await user.api('POST', '/_matrix/media/v3/upload', { raw, headers: { 'content-type': 'text/plain' } })
      const id: string = body.content_uri.split('/')[3]
      name(label, id)
      return id
    }
    const info = async (label: string, id: string) => {
      const answer = await root.admin('GET', `/v1/media/${serverName}/${id}`)
      note(label, answer, {
        quarantined_by: answer.body.media_info.quarantined_by,
        safe: Boolean(answer.body.media_info.safe_from_quarantine),
      })
    }
    const one = await upload('ONE', ann, `one ${mark}`)
    const same = await upload('SAME', ben, `one ${mark}`)
    const two = await upload('TWO', ann, `two ${mark}`)
    const three = await upload('THREE', ben, `three ${mark}`)

    note('one', await root.admin('POST', `/v1/media/quarantine/${serverName}/${one}`, {}))
    await info('one: info', one)
    await info('one: same content', same)
    note('one: download', await ann.client('GET', `/_matrix/client/v1/media/download/${serverName}/${one}`))
    const bypass = `/_matrix/client/v1/media/download/${serverName}/${one}?admin_unsafely_bypass_quarantine=true`
    note('one: bypass', await root.client('GET', bypass))
    note('one: bypass by others', await ann.client('GET', bypass))
    await info('one: uploaded again', await upload('AGAIN', ben, `one ${mark}`))
    note('lift', await root.admin('POST', `/v1/media/unquarantine/${serverName}/${one}`, {}))
    await info('lift: info', same)
    note('unknown', await root.admin('POST', `/v1/media/quarantine/${serverName}/none`, {}))
    note('lift: unknown', await root.admin('POST', `/v1/media/unquarantine/${serverName}/none`, {}))

    note('protect', await root.admin('POST', `/v1/media/protect/${two}`, {}))
    await info('protect: info', two)
    note('protect: quarantine', await root.admin('POST', `/v1/media/quarantine/${serverName}/${two}`, {}))
    await info('protect: quarantine: info', two)
    note('unprotect', await root.admin('POST', `/v1/media/unprotect/${two}`, {}))
    await info('unprotect: info', two)
    note('protect: unknown', await root.admin('POST', '/v1/media/protect/none', {}))
    note('unprotect: unknown', await root.admin('POST', '/v1/media/unprotect/none', {}))
    note('protect: method', await root.admin('GET', `/v1/media/protect/${two}`))

    note('user', await root.admin('POST', `/v1/user/${ann.userId}/media/quarantine`, {}))
    await info('user: info', two)
    note('user: unknown', await root.admin('POST', `/v1/user/${userId('nobody')}/media/quarantine`, {}))
    note('user: malformed id', await root.admin('POST', '/v1/user/x/media/quarantine', {}))

    const room = await ben.createRoom('room', { room_version: '11' })
    await ben.client('PUT', `${roomPath(room)}/send/m.room.message/1`, {
      msgtype: 'm.file',
      body: 'x',
      url: `mxc://${serverName}/${three}`,
    })
    note('room: media', await root.admin('GET', `/v1/room/${encodeURIComponent(room)}/media`))
    note('room', await root.admin('POST', `/v1/room/${encodeURIComponent(room)}/media/quarantine`, {}))
    await info('room: info', three)
    note('room: old path', await root.admin('POST', `/v1/quarantine_media/${encodeURIComponent(room)}`, {}))
    note('room: unknown', await root.admin('POST', `/v1/room/${encodeURIComponent(`!unknown:${serverName}`)}/media/quarantine`, {}))
    note('room: unknown: media', await root.admin('GET', `/v1/room/${encodeURIComponent(`!unknown:${serverName}`)}/media`))
    note('room: malformed id', await root.admin('POST', '/v1/room/bad/media/quarantine', {}))

    const changes = await root.admin('GET', '/v1/media/quarantine_changes')
    note('changes', changes, changesOf(changes))
    note('changes: bad from', await root.admin('GET', '/v1/media/quarantine_changes?from=x'))
    note('not an admin', await ann.admin('POST', `/v1/media/quarantine/${serverName}/${two}`, {}))
  },
}

/** The keys: where the list begins depends on who played before. */
function changesOf({ body }: Answer) {
  return { ...body, next_batch: typeof body.next_batch, changes: body.changes ? Object.keys(body.changes[0] ?? {}) : undefined }
}
