import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { CliError } from './errors.ts'
import { printable } from './output/printable.ts'

/** Where the command line reads and writes. What it prints is made harmless for the terminal first. */
export interface Terminal {
  /** A person can be asked. */
  readonly isInteractive: boolean
  /** Columns of the screen; undefined where stdout is none. */
  readonly width: number | undefined
  /** A line of the result, on stdout. */
  readonly out: (line: string) => void
  /** A line about the work (questions, hints, errors), on stderr. */
  readonly note: (line: string) => void
  /** Bytes on stdout as they are. */
  writeBytes(bytes: Uint8Array): void
  /** @throws CliError when nobody can be asked, or who is asked ends the input */
  ask(question: string): Promise<string>
  /** As `ask`, without showing what is typed. */
  askHidden(question: string): Promise<string>
  /** All of stdin. */
  readInput(): Promise<string>
}

export function createTerminal(streams: Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>): Terminal {
  const { stdin, stdout, stderr } = streams
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    // the reader has seen enough, as with `| head`
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  const isInteractive = Boolean(stdin.isTTY && stderr.isTTY)
  const ask = async (question: string, isHidden: boolean): Promise<string> => {
    if (!isInteractive) throw new CliError(`there is no terminal to ask on: ${question.replace(/:\s*$/, '')}`)
    const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
    // first of all: from here on the terminal does not show by itself what is typed
    const lines = createInterface({ input: stdin, output: isHidden ? silence : stderr, terminal: true })
    if (isHidden) stderr.write(printable(question))
    lines.setPrompt(printable(question))
    lines.prompt()
    try {
      return await new Promise<string>((resolve, reject) => {
        lines.once('line', resolve)
        lines.once('SIGINT', () => reject(new CliError('interrupted', { exitCode: 130 })))
        lines.once('close', () => reject(new CliError('no answer')))
      })
    } finally {
      lines.close()
      if (isHidden) stderr.write('\n')
    }
  }
  return {
    isInteractive,
    // some terminals do not tell their size
    width: stdout.isTTY ? stdout.columns || 80 : undefined,
    out: (line) => void stdout.write(`${printable(line)}\n`),
    note: (line) => void stderr.write(`${printable(line)}\n`),
    writeBytes: (bytes) => void stdout.write(bytes),
    ask: (question) => ask(question, false),
    askHidden: (question) => ask(question, true),
    readInput: () => text(stdin),
  }
}
