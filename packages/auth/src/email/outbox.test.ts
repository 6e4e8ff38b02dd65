import { type Database, openDatabase } from '@glia/database'
import type { Logger } from '@glia/platform'
import {
  FakeClock,
  type MailServer,
  onBothDatabases,
  openTestDatabase,
  seededRandom,
  startMailServer,
  type TestDatabase,
} from '@glia/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { authMigrations } from '../../migrations/index.ts'
import type { Mail } from './mail.ts'
import { createMailTexts } from './mail-texts.ts'
import { createOutbox } from './outbox.ts'
import { createSmtpDelivery } from './smtp-delivery.ts'
import type { MailTables } from './tables.ts'

const SMTP = { host: '127.0.0.1', user: null, pass: null, forceTls: false, enableTls: true, requireTransportSecurity: false, tlsName: null }
const HOUR_MS = 3_600_000

onBothDatabases('the outbox', (dialect) => {
  let place: TestDatabase<MailTables>
  let server: MailServer
  let clock: FakeClock
  let logged: string[]
  let boxes = 0
  beforeEach(async () => {
    place = await openTestDatabase<MailTables>(dialect, authMigrations)
    server = await startMailServer()
    clock = new FakeClock()
    logged = []
  })
  afterEach(async () => {
    await server.stop()
    await place.remove()
  })

  const logger = (): Logger => {
    const note = (fields: object, message: string) => void logged.push(`${message} ${JSON.stringify(fields)}`)
    return { debug: note, info: note, warn: note, error: note, child: logger }
  }
  const openOutbox = (database: Database<MailTables> = place.database) =>
    createOutbox({
      database,
      clock,
      random: seededRandom(`outbox ${boxes++}`),
      logger: logger(),
      deliver: createSmtpDelivery({ ...SMTP, port: server.port, from: 'Glia <noreply@example.com>' }),
    })
  const texts = createMailTexts({ appName: 'Glia', serverName: 'example.com' })
  const mailTo = (address: string): Mail => ({
    ...texts.resetPassword('https://example.com/reset?token=se<cret>&sid=1'),
    kind: 'resetPassword',
    address,
    expiresAtMs: clock.nowMs() + HOUR_MS,
  })
  const waiting = () => place.database.read.selectFrom('auth_mails').select(['address', 'attempts']).orderBy('address').execute()

  test('sends what was added as soon as it is committed, as text and as HTML', async () => {
    const outbox = openOutbox()
    outbox.start()
    await place.database.transaction((tx) => outbox.add(tx, mailTo('anna@example.org')))
    const mail = await server.next('anna@example.org')
    await outbox.stop()
    expect(mail.subject).toBe('[example.com] Reset your password')
    expect(mail.headers).toMatchObject({ from: 'Glia <noreply@example.com>', to: 'anna@example.org', 'auto-submitted': 'auto-generated' })
    expect(mail.headers['message-id']).toMatch(/^<[0-9A-Z]{26}@example\.com>$/)
    expect(mail.link).toBe('https://example.com/reset?token=se<cret>&sid=1')
    expect(mail.html).toContain('href="https://example.com/reset?token=se&lt;cret&gt;&amp;sid=1"')
    expect(await waiting()).toEqual([])
  })

  test('sends nothing for a transaction that was rolled back', async () => {
    const outbox = openOutbox()
    const failing = place.database.transaction(async (tx) => {
      await outbox.add(tx, mailTo('anna@example.org'))
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    await outbox.flush()
    expect(server.received).toEqual([])
  })

  test('tries again with growing pauses while the mail server is busy, and logs neither address nor secret', async () => {
    const outbox = openOutbox()
    server.answer = (command) => (command.startsWith('RCPT') ? '451 4.3.0 busy with <anna@example.org>' : undefined)
    await place.database.transaction((tx) => outbox.add(tx, mailTo('anna@example.org')))
    for (const pauseMs of [0, 10_000, 30_000]) {
      clock.advance(pauseMs - 1)
      await outbox.flush()
      clock.advance(1)
      await outbox.flush()
    }
    expect(await waiting()).toEqual([{ address: 'anna@example.org', attempts: 3 }])
    server.answer = () => undefined
    clock.advance(90_000)
    await outbox.flush()
    expect(server.received).toHaveLength(1)
    expect(await waiting()).toEqual([])
    expect(logged).toHaveLength(3)
    expect(logged.join()).not.toMatch(/anna|cret/)
  })

  test('tries again when the mail server hangs up or is not there', async () => {
    const outbox = openOutbox()
    server.answer = (command) => (command === '.' ? 'hang up' : undefined)
    await place.database.transaction((tx) => outbox.add(tx, mailTo('anna@example.org')))
    await outbox.flush()
    const { port } = server
    await server.stop()
    clock.advance(10_000)
    await outbox.flush()
    expect(await waiting()).toMatchObject([{ attempts: 2 }])
    server = await startMailServer({ port })
    clock.advance(30_000)
    await outbox.flush()
    expect(server.received.map(({ to }) => to)).toEqual(['anna@example.org'])
  })

  test('gives a message up that is refused for good, and one that is of no use any more', async () => {
    const outbox = openOutbox()
    server.answer = (command) => (command.includes('nobody@') ? '550 no such user' : command.includes('late@') ? '450 later' : undefined)
    await place.database.transaction(async (tx) => {
      await outbox.add(tx, mailTo('nobody@example.org'))
      await outbox.add(tx, mailTo('late@example.org'))
      await outbox.add(tx, mailTo('anna@example.org'))
    })
    await outbox.flush()
    expect(server.received.map(({ to }) => to)).toEqual(['anna@example.org'])
    expect(await waiting()).toEqual([{ address: 'late@example.org', attempts: 1 }])
    clock.advance(HOUR_MS)
    await outbox.flush()
    expect(await waiting()).toEqual([])
  })

  test('a message that a process was sending when it was killed is sent by another', async () => {
    const dying = openOutbox()
    let isReached = () => {}
    const reached = new Promise<void>((resolve) => {
      isReached = resolve
    })
    server.answer = (command) => {
      if (command.startsWith('MAIL')) isReached()
      return command.startsWith('MAIL') ? '' : undefined
    }
    await place.database.transaction((tx) => dying.add(tx, mailTo('anna@example.org')))
    const stuck = dying.flush()
    await reached
    const other = openOutbox()
    server.answer = () => undefined
    await other.flush()
    expect(server.received).toEqual([])
    clock.advance(5 * 60_000)
    await other.flush()
    expect(server.received.map(({ to }) => to)).toEqual(['anna@example.org'])
    await server.stop()
    await stuck
  })

  test('several processes send each message once', async () => {
    const second = await openDatabase<MailTables>(place.options, () => {})
    try {
      const outboxes = [openOutbox(), openOutbox(second)]
      await place.database.transaction(async (tx) => {
        for (let index = 0; index < 20; index++) await outboxes[0]!.add(tx, mailTo(`user${index}@example.org`))
      })
      await Promise.all(outboxes.map((outbox) => outbox.flush()))
      expect(server.received.map(({ to }) => to).sort()).toEqual([...Array(20).keys()].map((index) => `user${index}@example.org`).sort())
    } finally {
      await second.close()
    }
  })

  test('what was added while it was not running is sent when it starts, and what others left a little later', async () => {
    const outbox = openOutbox()
    await place.database.transaction((tx) => outbox.add(tx, mailTo('anna@example.org')))
    outbox.start()
    await server.next('anna@example.org')
    await place.database.transaction((tx) => openOutbox().add(tx, mailTo('berta@example.org')))
    clock.advance(30_000)
    await server.next('berta@example.org')
    await outbox.stop()
  })
})
