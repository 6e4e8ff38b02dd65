import { access } from '../access.ts'
import { endpoint } from '../endpoint.ts'
import { anyObject, integer, list, oneOf, optional, pathText, text, timestampMs } from '../fields.ts'
import { Type } from '../schema.ts'

const base = '/_matrix/client/unstable/org.matrix.msc4140/delayed_events'
const source = 'MSC4140'
const params = { delayId: pathText() }
const errors = ['M_NOT_FOUND', 'M_LIMIT_EXCEEDED'] as const
const whatIsDelayed = {
  delay_id: text(),
  room_id: text(),
  type: text(),
  state_key: optional(text()),
  content: anyObject(),
}

export const listDelayedEvents = endpoint({
  id: 'client.delayed_events.list',
  method: 'GET',
  path: base,
  surface: 'client',
  access: access.user,
  summary: "The caller's delayed events that wait, in the order in which they will be sent",
  source,
  response: Type.Object({
    delayed_events: list(
      Type.Object({
        ...whatIsDelayed,
        delay: integer(),
        running_since: timestampMs(),
      }),
    ),
  }),
  errors: ['M_LIMIT_EXCEEDED'],
})

export const getDelayedEvent = endpoint({
  id: 'client.delayed_events.get',
  method: 'GET',
  path: `${base}/{delayId}`,
  surface: 'client',
  access: access.user,
  summary: "One of the caller's delayed events, while it waits",
  source,
  params,
  response: Type.Object({
    ...whatIsDelayed,
    delay_ms: integer(),
    delayed_since_ts: timestampMs({ description: 'when it was made, or last put off' }),
  }),
  errors,
})

const actions = ['cancel', 'restart', 'send'] as const

export const updateDelayedEvent = endpoint({
  id: 'client.delayed_events.update',
  method: 'POST',
  path: `${base}/{delayId}`,
  surface: 'client',
  access: access.optionalUser,
  summary: 'Cancels, restarts or sends a delayed event, as the body says',
  source,
  params,
  body: { action: oneOf(actions, { errcode: 'M_INVALID_PARAM', error: "'action' is not one of 'cancel', 'restart', 'send'" }) },
  errors: [...errors, 'M_INVALID_PARAM'],
  deprecated: true,
})

const actionEndpoint = (action: (typeof actions)[number], summary: string) =>
  endpoint({
    id: `client.delayed_events.${action}`,
    method: 'POST',
    path: `${base}/{delayId}/${action}`,
    surface: 'client',
    access: access.optionalUser,
    summary,
    source,
    params,
    optionalBody: {},
    errors,
  })

export const cancelDelayedEvent = actionEndpoint('cancel', 'The delayed event is not sent; its id is enough, no token is needed')
export const restartDelayedEvent = actionEndpoint('restart', 'The delay begins anew; its id is enough, no token is needed')
export const sendDelayedEvent = actionEndpoint('send', 'Sends the delayed event now; its id is enough, no token is needed')
