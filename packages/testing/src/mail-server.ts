import { createServer, type Socket } from 'node:net'

/** A message as the mail server got it. */
export interface ReceivedMail {
  /** From the envelope. */
  readonly to: string
  readonly headers: Readonly<Record<string, string>>
  readonly subject: string
  readonly text: string
  readonly html: string
  /** The first http address in the text. */
  readonly link: string
}

/** A mail server that keeps what it gets: real SMTP on a loopback port, nothing goes further. */
export interface MailServer {
  readonly port: number
  readonly received: readonly ReceivedMail[]
  /** The next message to the address that was not asked for before; waits for it. */
  next(address: string): Promise<ReceivedMail>
  /** Called for each command (`EHLO x`, `RCPT TO:<…>`, `.` at the end of a message …): an answer in place of the usual one, or `hang up`. */
  answer: (command: string) => string | undefined
  stop(): Promise<void>
}

export async function startMailServer(options: { port?: number } = {}): Promise<MailServer> {
  const received: ReceivedMail[] = []
  const taken = new Set<ReceivedMail>()
  const waiting: { address: string; resolve: (mail: ReceivedMail) => void }[] = []
  const sockets = new Set<Socket>()
  const take = (mail: ReceivedMail): ReceivedMail => {
    taken.add(mail)
    return mail
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    serve(
      socket,
      (command) => mailServer.answer(command),
      (mail) => {
        received.push(mail)
        const index = waiting.findIndex(({ address }) => address === mail.to)
        if (index >= 0) waiting.splice(index, 1)[0]!.resolve(take(mail))
      },
    )
  })
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve))
  const mailServer: MailServer = {
    port: (server.address() as { port: number }).port,
    received,
    next(address) {
      const mail = received.find((candidate) => candidate.to === address && !taken.has(candidate))
      return mail ? Promise.resolve(take(mail)) : new Promise((resolve) => waiting.push({ address, resolve }))
    },
    answer: () => undefined,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return mailServer
}

function serve(socket: Socket, answer: (command: string) => string | undefined, keep: (mail: ReceivedMail) => void): void {
  let buffer = ''
  let to = ''
  let data: string[] | undefined
  const say = (line: string) => socket.write(`${line}\r\n`)
  const usual = (command: string): string => {
    if (/^EHLO/i.test(command)) return '250-mail.test\r\n250 8BITMIME'
    if (/^RCPT TO:/i.test(command)) to = /<([^>]*)>/.exec(command)?.[1] ?? ''
    if (/^DATA/i.test(command)) data = []
    return /^DATA/i.test(command) ? '354 go on' : /^QUIT/i.test(command) ? '221 bye' : '250 ok'
  }
  const handle = (line: string): void => {
    if (data !== undefined && line !== '.') return void data.push(line.startsWith('..') ? line.slice(1) : line)
    const other = answer(line)
    if (other === 'hang up') return void socket.destroy()
    if (other === undefined && data !== undefined) keep(parseMail(to, data.join('\n')))
    if (data !== undefined) data = undefined
    say(other ?? usual(line))
    if (/^QUIT/i.test(line)) socket.end()
  }
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    buffer += chunk
    for (let end = buffer.indexOf('\r\n'); end >= 0; end = buffer.indexOf('\r\n')) {
      const line = buffer.slice(0, end)
      buffer = buffer.slice(end + 2)
      handle(line)
    }
  })
  say('220 mail.test ESMTP')
}

interface Part {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

function parseMail(to: string, raw: string): ReceivedMail {
  const { headers, body } = parsePart(raw)
  const boundary = /boundary="?([^";]+)"?/.exec(headers['content-type'] ?? '')?.[1]
  const parts =
    boundary === undefined
      ? []
      : body
          .split(`--${boundary}`)
          .slice(1, -1)
          .map((part) => parsePart(part.replace(/^\n/, '')))
  const partOf = (type: string) => decode(parts.find((part) => part.headers['content-type']?.startsWith(type)))
  const text = partOf('text/plain')
  return {
    to,
    headers,
    subject: decodeWords(headers.subject ?? ''),
    text,
    html: partOf('text/html'),
    link: /https?:\S+/.exec(text)?.[0] ?? '',
  }
}

function parsePart(raw: string): Part {
  const [head = '', ...rest] = raw.split('\n\n')
  const lines = head.replace(/\n[ \t]+/g, ' ').split('\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  return { headers, body: rest.join('\n\n') }
}

function decode(part: Part | undefined): string {
  if (!part) return ''
  const encoding = part.headers['content-transfer-encoding']
  if (encoding === 'base64') return Buffer.from(part.body, 'base64').toString()
  return encoding === 'quoted-printable' ? decodeQuoted(part.body.replaceAll('=\n', '')) : part.body
}

function decodeQuoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString()
}

function decodeWords(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : decodeQuoted(word.replaceAll('_', ' ')),
    )
}
