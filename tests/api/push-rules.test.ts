import { onBothDatabases } from '@glia/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../support/start-server.ts'

onBothDatabases('the push rules API', (dialect) => {
  let server: TestServer
  let alice: TestUser
  let count = 0
  beforeAll(async () => {
    server = await startTestServer({ dialect })
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    alice = await server.register(`alice${++count}`)
  })

  const call = (method: string, path: string, body?: unknown) =>
    server.api(method, `/_matrix/client/v3/pushrules/${path}`, { token: alice.accessToken, ...(body === undefined ? {} : { body }) })
  const put = (path: string, body: unknown) => call('PUT', `global/${path}`, body)
  const get = (path: string) => call('GET', `global/${path}`)
  const rule = { actions: ['notify'], conditions: [{ kind: 'event_match', key: 'type', pattern: 'm.x' }] }
  const ownIds = async () => {
    const { body } = await get('')
    return body.override.filter((one: { default: boolean }) => !one.default).map((one: { rule_id: string }) => one.rule_id)
  }

  test('at first there are the defaults, in both forms', async () => {
    const { body } = await call('GET', '')
    expect(Object.keys(body.global).sort()).toEqual(['content', 'override', 'room', 'sender', 'underride'])
    expect(body.global.override[0]).toMatchObject({ rule_id: '.m.rule.master', default: true, enabled: false })
    expect((await get('')).body).toEqual(body.global)
  })

  test('a new rule goes first after the master rule, or beside a named one', async () => {
    for (const path of ['override/a', 'override/b', 'override/c?before=a', 'override/d?after=b']) {
      expect(await put(path, rule)).toMatchObject({ status: 200, body: {} })
    }
    expect(await ownIds()).toEqual(['b', 'd', 'c', 'a'])
    expect((await get('')).body.override[0].rule_id).toBe('.m.rule.master')
    expect((await get('override/a')).body).toEqual({ rule_id: 'a', default: false, enabled: true, ...rule })
  })

  test('changing a rule keeps whether it is on', async () => {
    await put('override/a', rule)
    await put('override/a/enabled', { enabled: false })
    await put('override/a', { ...rule, actions: [] })
    expect((await get('override/a')).body).toMatchObject({ enabled: false, actions: [] })
    expect(await ownIds()).toEqual(['a'])
  })

  test('default rules can be switched and given other actions, not deleted', async () => {
    const path = 'override/.m.rule.reaction'
    expect((await put(`${path}/enabled`, { enabled: false })).status).toBe(200)
    expect((await put(`${path}/actions`, { actions: ['notify', { set_tweak: 'sound', value: 'x' }] })).status).toBe(200)
    await server.restart()
    expect((await get(`${path}/enabled`)).body).toEqual({ enabled: false })
    expect((await get(`${path}/actions`)).body).toEqual({ actions: ['notify', { set_tweak: 'sound', value: 'x' }] })
    expect(await call('DELETE', `global/${path}`)).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
  })

  test('each kind has rules of its own', async () => {
    expect((await put('content/x', { actions: ['notify'], pattern: 'glia' })).status).toBe(200)
    expect((await put('room/!room:glia.test', { actions: [] })).status).toBe(200)
    expect((await put('sender/@bob:glia.test', { actions: [] })).status).toBe(200)
    expect((await put('underride/x', rule)).status).toBe(200)
    expect((await get('content/x')).body).toMatchObject({ pattern: 'glia' })
    expect((await get('room/!room:glia.test')).body).toEqual({
      rule_id: '!room:glia.test',
      default: false,
      enabled: true,
      actions: [],
    })
  })

  test('deleted rules are gone', async () => {
    await put('override/a', rule)
    expect((await call('DELETE', 'global/override/a')).body).toEqual({})
    expect(await get('override/a')).toMatchObject({ status: 404, body: { errcode: 'M_NOT_FOUND' } })
    expect((await call('DELETE', 'global/override/a')).status).toBe(404)
  })

  test('changes at once are all kept', async () => {
    await Promise.all(Array.from({ length: 8 }, (_, i) => put(`override/r${i}`, rule)))
    expect(await ownIds()).toHaveLength(8)
  })

  describe('refusals', () => {
    test.each([
      ['override/.mine', rule, 'M_UNKNOWN', "cannot add new rule_ids that start with '.'"],
      ['override/.m.rule.master', rule, 'M_UNKNOWN', "cannot add new rule_ids that start with '.'"],
      ['override/a%5Cb', rule, 'M_UNKNOWN', 'rule_id may not contain slashes'],
      ['override/a%2Fb', rule, 'M_UNKNOWN', 'rule_id may not contain slashes'],
      ['other/a', rule, 'M_UNKNOWN', 'Unknown template: other'],
      ['override/a', { conditions: [] }, 'M_UNKNOWN', 'No actions found'],
      ['override/a', { actions: [] }, 'M_UNKNOWN', "Missing 'conditions'"],
      ['override/a', { actions: [], conditions: [{}] }, 'M_UNKNOWN', "Condition without 'kind'"],
      ['override/a', { actions: [], conditions: [5] }, 'M_UNKNOWN', "Condition without 'kind'"],
      ['override/a', { actions: ['bad'], conditions: [] }, 'M_UNKNOWN', 'Unrecognised action bad'],
      ['content/a', { actions: [] }, 'M_UNKNOWN', "Content rule missing 'pattern'"],
      ['override/a?before=nope', rule, 'M_UNKNOWN', 'before/after rule not found: global/override/nope'],
      ['override/a?after=.m.rule.master', rule, 'M_UNKNOWN', 'before/after rule not found: global/override/.m.rule.master'],
    ])('PUT %s %j', async (path, body, errcode, error) => {
      expect(await put(path, body)).toMatchObject({ status: 400, body: { errcode, error } })
      expect(await ownIds()).toEqual([])
    })

    test('of unknown rules and wrong values', async () => {
      expect(await put('override/nope/enabled', { enabled: true })).toMatchObject({ status: 404, body: { error: 'Unknown rule' } })
      expect(await put('override/nope/actions', { actions: [] })).toMatchObject({ status: 404, body: { error: 'Unknown rule' } })
      expect(await put('content/.m.rule.master/enabled', { enabled: true })).toMatchObject({ status: 404 })
      const wrong = { status: 400, body: { errcode: 'M_UNKNOWN', error: "Value for 'enabled' must be boolean" } }
      expect(await put('override/.m.rule.master/enabled', { enabled: 'x' })).toMatchObject(wrong)
      expect(await put('override/.m.rule.master/enabled', {})).toMatchObject(wrong)
      expect((await put('override/.m.rule.master/actions', { actions: 'x' })).status).toBe(400)
      expect(await get('other/x')).toMatchObject({ status: 400, body: { errcode: 'M_UNRECOGNIZED' } })
    })
  })
})
