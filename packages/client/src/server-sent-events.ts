export interface ServerSentEvent {
  readonly type: string
  /** The newest id that was sent. */
  readonly id: string | undefined
  /** undefined: nothing but a new id. */
  readonly data: string | undefined
}

/**
 * Reads a body of server-sent events (HTML, "Interpreting an event stream"). Blocks that carry only an id come too, so that the place to go
 * on from is known; comments do not.
 */
export async function* readServerSentEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  let id: string | undefined
  let type = ''
  let data: string[] = []
  let isIdNew = false
  for await (const line of linesOf(body)) {
    if (line === '') {
      const isEvent = data.length > 0
      if (isEvent || isIdNew) yield { type: type || 'message', id, data: isEvent ? data.join('\n') : undefined }
      type = ''
      data = []
      isIdNew = false
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) {
      id = value
      isIdNew = true
    }
  }
}

/** Lines that are whole; what stands behind the last line break is not. */
async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      rest += decoder.decode(value, { stream: true })
      // a CR at the end may be half of a CRLF
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop()!
      yield* lines
    }
  } finally {
    await reader.cancel().catch(() => {})
  }
}
