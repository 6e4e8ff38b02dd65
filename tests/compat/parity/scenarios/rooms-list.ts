import { type Answer, roomPath, type Scenario } from '../stage.ts'

const ORDERS = [
  'name',
  'alphabetical',
  'canonical_alias',
  'joined_members',
  'size',
  'joined_local_members',
  'version',
  'creator',
  'encryption',
  'federatable',
  'public',
  'join_rules',
  'guest_access',
  'history_visibility',
  'state_events',
]
const FIELD_OF_ORDER: Record<string, string> = { alphabetical: 'name', size: 'joined_members' }

export const roomsList: Scenario = {
  area: 'rooms-list',
  async run({ register, localpart, mark, note, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } }
    const ids = [
      await ann.createRoom('beta', { name: `Beta ${mark}`, preset: 'public_chat', visibility: 'public', room_version: '11' }),
      await ann.createRoom('alpha', { name: `alpha ${mark}`, preset: 'private_chat', room_version: '10' }),
      await ben.createRoom('delta', { room_alias_name: localpart('delta'), preset: 'public_chat', room_version: '11' }),
      await ann.createRoom('gamma', {
        name: `Gamma ${mark}`,
        initial_state: [encryption],
        room_version: '11',
        creation_content: { 'm.federate': false },
      }),
      await ann.createRoom('space', { name: `Space ${mark}`, creation_content: { type: 'm.space' }, room_version: '12' }),
      await ann.createRoom('empty', { name: 'Empty', preset: 'public_chat', room_version: '11' }),
      await ben.createRoom('aether', { name: `Äther ${mark}`, room_version: '11' }),
    ]
    const [beta, , delta, , , empty] = ids as [string, string, string, string, string, string]
    await ben.client('POST', `/join/${encodeURIComponent(beta)}`, {})
    await root.client('POST', `/join/${encodeURIComponent(beta)}`, {})
    await ann.client('POST', `/join/${encodeURIComponent(delta)}`, {})
    await ann.client('POST', `${roomPath(empty)}/leave`, {})
    const topic = await ben.createRoom('last', { room_version: '11' })

    const list = (query: string) => root.admin('GET', `/v1/rooms?${query}`)
    const everything = 'limit=10000'
    // Synapse counts a little later
    await until(
      () => list(everything),
      ({ body }) =>
        body.rooms.some((room: { room_id: string; join_rules: string | null }) => room.room_id === topic && room.join_rules !== null),
    )
    const ours = ({ body }: Answer, wanted = ids) => body.rooms.filter(({ room_id }: { room_id: string }) => wanted.includes(room_id))
    const namesOf = (answer: Answer) => ({ ...answer.body, rooms: answer.body.rooms?.map(({ name }: { name: string }) => name) })

    const all = await list(everything)
    for (const [index, name] of ['beta', 'alpha', 'delta', 'gamma', 'space', 'empty', 'aether'].entries()) {
      note(`row of ${name}`, all, ours(all, [ids[index]!])[0])
    }

    const still = ids.filter((id) => id !== empty)
    for (const order of ORDERS) {
      for (const dir of ['f', 'b']) {
        const answer = await list(`${everything}&order_by=${order}&dir=${dir}`)
        // equal ones have the database's order: what sorts is compared
        note(
          `order_by=${order}&dir=${dir}`,
          answer,
          ours(answer, still).map((room: Record<string, unknown>) => room[FIELD_OF_ORDER[order] ?? order]),
        )
      }
    }
    for (const query of [
      '',
      '&limit=2',
      '&limit=2&from=2',
      '&limit=2&from=4',
      '&limit=0',
      '&from=50',
      '&dir=b',
      '&dir=b&limit=2&from=1',
      '&public_rooms=false',
      '&empty_rooms=false',
    ]) {
      const answer = await list(`search_term=${mark}${query}`)
      note(`search_term=mark${query}`, answer, namesOf(answer))
    }
    for (const search of [`beta ${mark}`, `BETA ${mark}`, `Äther ${mark}`, `äther ${mark}`, `#${localpart('delta')}`, `none ${mark}`]) {
      const answer = await list(`search_term=${encodeURIComponent(search)}`)
      note(`search ${search.replace(mark, 'mark')}`, answer, namesOf(answer))
    }
    note('search by room id', await list(`search_term=${encodeURIComponent(beta)}`))
    const narrowed = await list(`search_term=${mark}&public_rooms=true`)
    note('search among public rooms', narrowed, namesOf(narrowed))

    for (const query of [
      'search_term=',
      'order_by=x',
      'dir=x',
      'limit=x',
      'limit=-1',
      'from=x',
      'from=-1',
      'public_rooms=1',
      'empty_rooms=x',
      'public_rooms=',
    ]) {
      note(`refused: ${query}`, await list(query))
    }
    note('not an admin', await ann.admin('GET', '/v1/rooms'))
  },
}
