import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { onHomeservers, type TestHomeserver } from '../support/on-homeservers.ts'
import { programOf, runProgram } from '../support/programs.ts'
import type { TestUser } from '../support/start-server.ts'

/** synadm as Debian packages it: the command line that admins of Synapse use. */
const synadm = programOf('synadm', '/usr/bin/synadm', '/usr/local/bin/synadm')

describe.skipIf(!synadm)('synadm', () => {
  onHomeservers('synadm', (kind) => {
    let server: TestHomeserver
    let folder: string
    let admin: TestUser
    let user: TestUser
    let roomId: string
    const suffix = Date.now().toString(36)

    beforeAll(async () => {
      server = await kind.open()
      admin = await server.register(`root-${suffix}`, { admin: true })
      user = await server.register(`user-${suffix}`)
      const room = await server.api('POST', '/_matrix/client/v3/createRoom', {
        token: user.accessToken,
        body: { name: `Room ${suffix}`, preset: 'public_chat', room_alias_name: `room-${suffix}` },
      })
      roomId = room.body.room_id
      folder = mkdtempSync(join(tmpdir(), 'glia-synadm-'))
      writeFileSync(
        join(folder, 'synadm.yaml'),
        stringify({
          user: admin.userId,
          token: admin.accessToken,
          base_url: server.url,
          admin_path: '/_synapse/admin',
          matrix_path: '/_matrix',
          timeout: 30,
          server_discovery: 'well-known',
          homeserver: server.serverName,
          format: 'json',
          ssl_verify: true,
        }),
      )
    })
    afterAll(async () => {
      await server?.remove()
      if (folder) rmSync(folder, { recursive: true, force: true })
    })

    /** Runs synadm and reads the last JSON that it prints; beside it are sentences for people. */
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    async function run(...args: string[]): Promise<any> {
      const { status, out, err } = await runProgram(synadm!, ['--batch', '-o', 'json', '-c', join(folder, 'synadm.yaml'), ...args], {
        env: { ...process.env, HOME: folder },
      })
      // it looks a user up before it makes one, and warns that there is none
      const warnings = err.replace('WARNING Synapse returned status code 404\n', '')
      expect([args.join(' '), status, warnings]).toEqual([args.join(' '), 0, ''])
      const printed = out.split('\n').findLast((line) => /^[[{]/.test(line))
      return printed === undefined ? out : JSON.parse(printed)
    }

    test('tells the version', async () => {
      expect((await run('version')).server_version).toMatch(/\d/)
    })

    test('lists, shows and searches users', async () => {
      const listed = await run('user', 'list', '-n', suffix)
      expect(listed.users.map(({ name }: { name: string }) => name).sort()).toEqual([admin.userId, user.userId])
      expect(await run('user', 'details', user.userId)).toMatchObject({ name: user.userId, admin: false })
      expect((await run('user', 'search', user.localpart)).total).toBe(1)
      expect((await run('user', 'whois', user.userId)).user_id).toBe(user.userId)
      expect((await run('user', 'membership', '--ids', user.userId)).joined_rooms).toEqual([roomId])
    })

    test('modifies a user: display name, admin, password; creates one', async () => {
      expect(await run('user', 'modify', user.userId, '-n', 'Renamed', '--admin')).toMatchObject({ displayname: 'Renamed', admin: true })
      const created = await run('user', 'modify', `@made-${suffix}:${server.serverName}`, '-P', 'made password')
      expect(created).toMatchObject({ name: `@made-${suffix}:${server.serverName}`, admin: false })
      const login = await server.api('POST', '/_matrix/client/v3/login', {
        body: { type: 'm.login.password', identifier: { type: 'm.id.user', user: `made-${suffix}` }, password: 'made password' },
      })
      expect(login.status).toBe(200)
      expect((await run('user', 'login', created.name)).access_token).toMatch(/./)
      await run('user', 'password', created.name, '-p', 'other password')
      expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: login.body.access_token })).status).toBe(401)
    })

    test('lists, shows and changes rooms', async () => {
      const listed = await run('room', 'list', '-n', suffix, '-s', 'joined_members')
      expect(listed.rooms).toMatchObject([{ room_id: roomId, name: `Room ${suffix}`, joined_members: 1 }])
      expect(await run('room', 'details', roomId)).toMatchObject({ room_id: roomId, creator: user.userId })
      expect((await run('room', 'members', roomId)).members).toEqual([user.userId])
      expect((await run('room', 'state', roomId)).state.map(({ type }: { type: string }) => type)).toContain('m.room.power_levels')
      expect((await run('room', 'join', roomId, admin.userId)).room_id).toBe(roomId)
      expect((await run('room', 'members', roomId)).total).toBe(2)
      await run('room', 'make-admin', roomId, '-u', admin.userId)
      const [levels] = (await run('room', 'power-levels', '-i', roomId)).rooms
      expect(levels.power_levels[admin.userId]).toBe(100)
    })

    test('finds and quarantines media', async () => {
      const upload = await server.api('POST', '/_matrix/media/v3/upload?filename=note.txt', {
        token: user.accessToken,
        raw: `note ${suffix}`,
        headers: { 'content-type': 'text/plain' },
      })
      const [, , , id] = upload.body.content_uri.split('/')
      await server.api('PUT', `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.room.message/1`, {
        token: user.accessToken,
        body: { msgtype: 'm.file', body: 'note.txt', url: upload.body.content_uri },
      })
      expect((await run('user', 'media', user.userId)).media).toMatchObject([{ media_id: id }])
      expect((await run('media', 'list', '-r', roomId)).local).toEqual([upload.body.content_uri])
      await run('media', 'quarantine', '-i', id)
      const gone = await server.api('GET', `/_matrix/client/v1/media/download/${server.serverName}/${id}`, { token: admin.accessToken })
      expect(gone.status).toBe(404)
      await run('media', 'delete', '-i', id)
      expect((await run('user', 'media', user.userId)).total).toBe(0)
    })

    test('makes and deletes registration tokens', async () => {
      expect(await run('regtok', 'new', '-n', `token-${suffix}`)).toMatchObject({ token: `token-${suffix}` })
      expect((await run('regtok', 'list')).registration_tokens.map(({ token }: { token: string }) => token)).toContain(`token-${suffix}`)
      await run('regtok', 'delete', `token-${suffix}`)
    })

    test('deletes a room and deactivates a user', async () => {
      const deleted = await run('room', 'delete', roomId, '-b')
      expect(deleted.kicked_users.sort()).toEqual([admin.userId, user.userId])
      const join = await server.api('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, { token: user.accessToken, body: {} })
      expect(join.status).toBe(403)
      await run('user', 'deactivate', user.userId)
      expect((await run('user', 'details', user.userId)).deactivated).toBe(true)
      expect((await server.api('GET', '/_matrix/client/v3/account/whoami', { token: user.accessToken })).status).toBe(401)
    })
  })
})
