import type { Answer, Scenario } from '../stage.ts'

const ORDERS = [
  'name',
  'is_guest',
  'admin',
  'user_type',
  'deactivated',
  'shadow_banned',
  'displayname',
  'avatar_url',
  'creation_ts',
  'last_seen_ts',
  'locked',
]

export const usersList: Scenario = {
  area: 'users-list',
  async run({ register, userId, mark, note }) {
    const root = await register('root', { admin: true })
    for (const name of ['cy', 'ann', 'dee', 'ben']) await register(name)
    await root.admin('PUT', `/v2/users/${userId('ann')}`, { displayname: `zoë ${mark}`, avatar_url: 'mxc://a.example/b' })
    await root.admin('PUT', `/v2/users/${userId('ben')}`, { user_type: 'bot' })
    await root.admin('POST', `/v1/users/${userId('ben')}/shadow_ban`)
    await root.admin('PUT', `/v2/users/${userId('fay')}`, { locked: true })
    await root.admin('POST', `/v1/deactivate/${userId('dee')}`, { erase: true })

    const list = (query: string, version = 'v2') => root.admin('GET', `/${version}/users?name=${mark}&${query}`)
    const namesOf = (answer: Answer) => ({ ...answer.body, users: answer.body.users?.map(({ name }: { name: string }) => name) })
    const whole = ({ body }: Answer) => ({
      ...body,
      // activity is written down late
      users: body.users.map((user: object) => ({ ...user, last_seen_ts: 0 })),
    })

    const all = await list('')
    note('all', all, whole(all))
    const v3 = await list('', 'v3')
    note('v3: all', v3, whole(v3))
    const withAllKinds = await list('deactivated=true&locked=true')
    note('deactivated and locked, too', withAllKinds, whole(withAllKinds))

    for (const query of [
      'limit=2',
      'limit=2&from=2',
      'limit=1&from=3',
      'from=50',
      'limit=0',
      'limit=0&from=1',
      'locked=true',
      'locked=false',
      'deactivated=true',
      'deactivated=false',
      'admins=true',
      'admins=false',
      'guests=true',
      'guests=false',
      `user_id=cy`,
      'not_user_type=bot',
      'not_user_type=',
      'not_user_type=bot&not_user_type=',
    ]) {
      const answer = await list(query)
      note(query, answer, namesOf(answer))
    }
    for (const query of ['deactivated=true', 'deactivated=false', 'admins=true']) {
      const answer = await list(query, 'v3')
      note(`v3: ${query}`, answer, namesOf(answer))
    }
    for (const search of [mark.toUpperCase(), `ann.${mark}`, `ZOË ${mark}`, `zoë ${mark}`, `@ann.${mark}`, `none.${mark}`]) {
      const answer = await root.admin('GET', `/v2/users?name=${encodeURIComponent(search)}`)
      note(`name ${search.replace(mark, 'mark').replace(mark.toUpperCase(), 'MARK')}`, answer, namesOf(answer))
    }
    for (const order of ORDERS.filter((name) => !['creation_ts', 'last_seen_ts'].includes(name))) {
      for (const dir of ['f', 'b']) {
        const answer = await list(`deactivated=true&locked=true&order_by=${order}&dir=${dir}`)
        // equal ones have the database's order: what sorts is compared
        note(
          `order_by=${order}&dir=${dir}`,
          answer,
          answer.body.users.map((user: Record<string, unknown>) => user[order]),
        )
      }
    }
    for (const dir of ['f', 'b']) {
      const answer = await list(`order_by=creation_ts&dir=${dir}`)
      const times: number[] = answer.body.users.map((user: { creation_ts: number }) => user.creation_ts)
      note(`order_by=creation_ts&dir=${dir}`, answer, isSorted(dir === 'f' ? times : times.reverse()))
    }

    for (const query of [
      'order_by=x',
      'order_by=',
      'dir=x',
      'dir=',
      'limit=x',
      'limit=-1',
      'limit=1.5',
      'limit=',
      'from=-1',
      'from=x',
      'deactivated=1',
      'deactivated=True',
      'deactivated=',
      'guests=x',
      'admins=x',
      'locked=x',
    ]) {
      note(`refused: ${query}`, await list(query))
    }
    note('v3: refused: deactivated=1', await list('deactivated=1', 'v3'))
    note('not an admin', await (await register('guy')).admin('GET', '/v2/users'))
  },
}

function isSorted(values: readonly number[]): boolean {
  return values.every((value, index) => index === 0 || values[index - 1]! <= value)
}
