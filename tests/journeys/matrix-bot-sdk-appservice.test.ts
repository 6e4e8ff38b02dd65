import { freePort, onBothDatabases } from '@glia/testing'
import { Appservice, type IAppserviceRegistration, LogService, SimpleRetryJoinStrategy } from 'matrix-bot-sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { registration, registrationSettings } from '../support/appservices.ts'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

const V3 = '/_matrix/client/v3'
const enc = encodeURIComponent

// the SDK tells at length what it does
const silent = () => {}
LogService.setLogger({ info: silent, warn: silent, error: silent, debug: silent, trace: silent })

onBothDatabases('a bridge on matrix-bot-sdk', (dialect) => {
  let server: TestServer
  let bridge: Appservice
  let alice: TestUser
  /** What it passed on to "the other network". */
  let relayed: string[]
  const listeners = new Set<() => void>()

  beforeEach(async () => {
    const port = await freePort()
    const registered = registration('bridge', {
      url: `http://127.0.0.1:${port}`,
      namespaces: {
        users: [{ regex: '@bridge_.*:glia.test', exclusive: true }],
        aliases: [{ regex: '#bridge_.*:glia.test', exclusive: true }],
        rooms: [],
      },
    })
    server = await startTestServer({ dialect, config: registrationSettings([registered]) })
    alice = await server.register('alice')
    relayed = []
    bridge = new Appservice({
      port,
      bindAddress: '127.0.0.1',
      homeserverName: 'glia.test',
      homeserverUrl: server.url,
      registration: registered as unknown as IAppserviceRegistration,
      joinStrategy: new SimpleRetryJoinStrategy(),
    })
    bridge.on('room.message', (_roomId: string, event: { sender: string; content: { body: string } }) => {
      if (bridge.isNamespacedUser(event.sender)) return
      tell(event.content.body)
    })
    bridge.on('room.join', (_roomId: string, event: { state_key: string }) => tell(`${event.state_key} is in`))
    bridge.on('query.room', (alias: string, create: (room: unknown) => void) =>
      create({ preset: 'public_chat', room_alias_name: alias.slice(1).split(':')[0], name: 'a channel' }),
    )
    bridge.on('query.user', (_userId: string, create: (profile: unknown) => void) => create({ display_name: 'Carol (IRC)' }))
    bridge.on('room.invite', (roomId: string, event: { state_key: string }) => {
      void bridge.getIntentForUserId(event.state_key).joinRoom(roomId)
    })
    await bridge.begin()
  })
  afterEach(async () => {
    bridge?.stop()
    await server?.remove()
  })

  const byAlice = (method: string, path: string, body?: unknown) =>
    server.api(method, V3 + path, { token: alice.accessToken, ...(body === undefined ? {} : { body }) })
  const say = (roomId: string, text: string) =>
    byAlice('PUT', `/rooms/${enc(roomId)}/send/m.room.message/${enc(text)}`, { msgtype: 'm.text', body: text })
  const tell = (text: string) => {
    relayed.push(text)
    for (const look of listeners) look()
  }
  const relays = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!relayed.includes(text)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
    })

  test('makes ghosts, passes on what is said, speaks as ghosts, answers for rooms and users, and survives a restart', async () => {
    // a person asks for a channel: the bridge makes its room
    const joined = await byAlice('POST', `/join/${enc('#bridge_tea:glia.test')}`, {})
    expect(joined.status).toBe(200)
    const roomId = joined.body.room_id as string
    await say(roomId, 'hello?')
    await relays('hello?')

    // somebody on the other side answers
    const bob = bridge.getIntentForUserId('@bridge_bob:glia.test')
    await bob.ensureRegisteredAndJoined(roomId)
    await bob.underlyingClient.setDisplayName('Bob (IRC)')
    const eventId = await bob.sendText(roomId, 'hello from over here')
    const { body: heard } = await byAlice('GET', `/rooms/${enc(roomId)}/event/${enc(eventId)}`)
    expect(heard).toMatchObject({ sender: '@bridge_bob:glia.test', content: { body: 'hello from over here' } })
    const { body: members } = await byAlice('GET', `/rooms/${enc(roomId)}/joined_members`)
    expect(members.joined['@bridge_bob:glia.test'].display_name).toBe('Bob (IRC)')

    // a person invites somebody who has not been seen yet: the bridge makes the ghost, which comes
    const invited = await byAlice('POST', '/createRoom', { preset: 'private_chat', invite: ['@bridge_carol:glia.test'], is_direct: true })
    await relays('@bridge_carol:glia.test is in')
    await say(invited.body.room_id, 'psst')
    await relays('psst')
    expect((await byAlice('GET', `/profile/${enc('@bridge_carol:glia.test')}`)).body.displayname).toBe('Carol (IRC)')

    // the server goes away and comes back; nothing is lost or doubled
    await server.restart()
    await say(roomId, 'after the restart')
    await relays('after the restart')
    await bob.sendText(roomId, 'still here')
    await say(roomId, 'good')
    await relays('good')
    expect(relayed.filter((text) => !text.endsWith(' is in'))).toEqual(['hello?', 'psst', 'after the restart', 'good'])
  })
})
