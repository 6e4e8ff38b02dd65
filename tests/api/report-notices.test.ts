import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const CLIENT = '/_matrix/client/v3'

onBothDatabases('notices of reports', (dialect) => {
  let server: TestServer
  let mia: TestUser
  let ben: TestUser
  let ann: TestUser
  beforeAll(async () => {
    const notice_recipients = ['@mia:glia.test', '@ben:glia.test', '@nobody:glia.test']
    const server_notices = { system_mxid_localpart: 'notices', auto_join: true }
    server = await startTestServer({ dialect, config: { server_notices, glia: { reports: { notice_recipients } } } })
    mia = await server.register('mia', { admin: true })
    ben = await server.register('ben')
    ann = await server.register('ann')
  })
  afterAll(() => server.remove())

  const call = (user: TestUser, method: string, path: string, body?: unknown) =>
    server.api(method, path, { token: user.accessToken, ...(body === undefined ? {} : { body }) })
  const report = (reason: string) => call(ann, 'POST', `${CLIENT}/users/${ben.userId}/report`, { reason })
  /** What the server told a user, oldest first. */
  const told = async (user: TestUser) => {
    const { body } = await call(user, 'GET', `${CLIENT}/sync`)
    const rooms: { timeline: { events: { type: string; content: { body: string } }[] } }[] = Object.values(body.rooms?.join ?? {})
    return rooms.flatMap(({ timeline }) =>
      timeline.events.filter(({ type }) => type === 'm.room.message').map(({ content }) => content.body),
    )
  }
  const settled = async (count: number) => {
    const tasks = async () =>
      (await call(mia, 'GET', '/_synapse/admin/v1/scheduled_tasks?action_name=report_notice&status=complete')).body.scheduled_tasks
    await expect.poll(async () => (await tasks()).length, { timeout: 20_000 }).toBe(count)
    return tasks()
  }

  test('reach the chosen admins, and nobody who is none', async () => {
    await report('rude, \n and long: '.padEnd(300, 'x'))
    const [task] = await settled(1)
    expect(task.result).toEqual({ sent: 1 })
    const [text, ...more] = await told(mia)
    expect(more).toEqual([])
    expect(text).toMatch(/^Report \d+: @ann:glia\.test reported the user @ben:glia\.test\. Reason: rude, \n and long: x+…$/)
    expect(await told(ben)).toEqual([])
  })

  test('come once for each report, to helpers too', async () => {
    await call(mia, 'PUT', `/_glia/admin/v1/users/${ben.userId}/role`, { role: 'moderator' })
    await report('again')
    await settled(2)
    await server.restart()
    expect((await told(mia)).length).toBe(2)
    expect(await told(ben)).toEqual([expect.stringContaining('Reason: again')])
  })
})
