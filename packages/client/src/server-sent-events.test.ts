import { expect, test } from 'vitest'
import { readServerSentEvents } from './server-sent-events.ts'

async function read(...chunks: (string | Uint8Array)[]) {
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === 'string' ? encoder.encode(chunk) : chunk)
      controller.close()
    },
  })
  return Array.fromAsync(readServerSentEvents(body))
}

test.each([
  ['fields', ['event: a\nid: 1\ndata: x\n\n'], [{ type: 'a', id: '1', data: 'x' }]],
  [
    'a default type and an id that stays',
    ['id: 1\ndata: x\n\ndata:y\n\n'],
    [
      { type: 'message', id: '1', data: 'x' },
      { type: 'message', id: '1', data: 'y' },
    ],
  ],
  ['data of several lines', ['data: x\ndata\ndata:  y\n\n'], [{ type: 'message', id: undefined, data: 'x\n\n y' }]],
  ['an id alone', [': hello\n\nid: 7\n\n'], [{ type: 'message', id: '7', data: undefined }]],
  [
    'all three line ends, cut anywhere',
    ['data: x\r', '\n\r\ndata: y\r\rda', 'ta: z\n', '\n'],
    ['x', 'y', 'z'].map((data) => ({ type: 'message', id: undefined, data })),
  ],
  [
    'letters that are cut',
    [new Uint8Array([0x64, 0x61, 0x74, 0x61, 0x3a, 0xc3]), new Uint8Array([0xbc, 0x0a, 0x0a])],
    [{ type: 'message', id: undefined, data: 'ü' }],
  ],
  ['nothing of a block that is not whole', ['data: x\n\ndata: y\n'], [{ type: 'message', id: undefined, data: 'x' }]],
])('reads %s', async (_, chunks, events) => {
  expect(await read(...chunks)).toEqual(events)
})
