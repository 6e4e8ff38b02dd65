import { type Actor, roomPath, type Scenario } from '../stage.ts'

export const userRedaction: Scenario = {
  area: 'user-redaction',
  async run({ register, userId, name, note, until }) {
    const root = await register('root', { admin: true })
    const ann = await register('ann')
    const ben = await register('ben')
    const path = (user: string) => `/v1/user/${encodeURIComponent(user)}/redact`
    const redact = async (label: string, body: unknown) => {
      const started = await root.admin('POST', path(ben.userId), body)
      note(label, started)
      name('<redaction>', started.body.redact_id)
      const status = await until(
        () => root.admin('GET', `/v1/user/redact_status/${started.body.redact_id}`),
        ({ body }) => body.status === 'complete' || body.status === 'failed',
      )
      note(`${label}: status`, status, {
        status: status.body.status,
        failed_redactions: status.body.failed_redactions && Object.keys(status.body.failed_redactions).length,
        has_error: status.body.error !== undefined,
      })
    }
    const room = async (label: string) => {
      const roomId = await ann.createRoom(label, { room_version: '11', preset: 'public_chat' })
      await ben.client('POST', `/join/${encodeURIComponent(roomId)}`, {})
      for (const text of ['one', 'two', 'three']) await ben.say(roomId, `${label}-${text}`)
      await ann.say(roomId, `${label}-ann`)
      return roomId
    }
    /** What can still be read. */
    const texts = async (label: string, roomId: string, who: Actor = ann) => {
      const answer = await who.client('GET', `${roomPath(roomId)}/messages?dir=b&limit=50&filter={"types":["m.room.message"]}`)
      note(label, answer, { texts: answer.body.chunk.map(({ content }: { content: { body?: string } }) => content.body ?? null) })
    }

    const hall = await room('hall')
    await redact('limited', { rooms: [], limit: 1, reason: 'spam' })
    await texts('limited: what is left', hall)
    const redactions = await ann.client('GET', `${roomPath(hall)}/messages?dir=b&limit=9&filter={"types":["m.room.redaction"]}`)
    note(
      'limited: the redactions',
      redactions,
      redactions.body.chunk.map(({ sender, content }: Record<string, unknown>) => ({ sender, content })),
    )
    await redact('all', { rooms: [] })
    await texts('all: what is left', hall)
    await redact('again', { rooms: [] })

    const banned = await room('banned')
    await ann.client('POST', `${roomPath(banned)}/ban`, { user_id: ben.userId })
    await redact('banned', { rooms: [] })
    await texts('banned: what is left', banned)
    const left = await room('left')
    await ben.client('POST', `${roomPath(left)}/leave`, {})
    await redact('left', { rooms: [] })
    await texts('left: what is left', left)
    await redact('left, by name', { rooms: [left] })
    await texts('left, by name: what is left', left)

    const strange = await room('strange')
    await redact('as an admin who is not there', { rooms: [strange], use_admin: true })
    await texts('as an admin who is not there: what is left', strange)
    await redact('in the future', { rooms: [strange], after_ts: 9_000_000_000_000 })
    await redact('in the past', { rooms: [strange], before_ts: 1000 })
    await texts('at other times: what is left', strange)
    await redact('unknown rooms', { rooms: ['!nothing:nowhere', 'bad'] })
    await redact('zeros and nulls', { rooms: ['bad'], limit: 0, after_ts: 0, before_ts: 0, reason: null, use_admin: null })

    for (const body of [
      undefined,
      [],
      {},
      { rooms: null },
      { rooms: 'x' },
      { rooms: [5] },
      { rooms: [], limit: -1 },
      { rooms: [], limit: '1' },
      { rooms: [], limit: 1.5 },
      { rooms: [], reason: 5 },
      { rooms: [], use_admin: 'true' },
      { rooms: [], before_ts: 'x' },
      { rooms: [], after_ts: true },
      { limit: 'x' },
    ]) {
      const answer = await root.admin('POST', path(ben.userId), body)
      // the words are those of a library
      note(`refused: ${JSON.stringify(body)}`, answer, { errcode: answer.body.errcode })
    }
    note('malformed id', await root.admin('POST', path('bad'), { rooms: [] }))
    note('id without server', await root.admin('POST', path('@bad'), { rooms: [] }))
    note('unknown user', await root.admin('POST', path(userId('nobody')), { rooms: [] }))
    note('not an admin', await ann.admin('POST', path(ben.userId), { rooms: [] }))
    note('status: unknown', await root.admin('GET', '/v1/user/redact_status/nothing'))
    note('status: not an admin', await ann.admin('GET', '/v1/user/redact_status/nothing'))
  },
}
