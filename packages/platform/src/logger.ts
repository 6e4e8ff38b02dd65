import { pino } from 'pino'

/** Structured log: fields first, then a short stable message. Never put tokens, passwords or message contents into either. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** One JSON line a record on stdout (`json`), or short lines for people (`text`). */
export function createLogger(options: { level: LogLevel; format: 'json' | 'text' }): Logger {
  const base = { level: options.level, base: null, timestamp: () => `,"time":"${new Date().toISOString()}"` }
  if (options.format === 'json') return pino(base)
  return pino(base, { write: (line: string) => process.stdout.write(`${textLine(line)}\n`) })
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
}

const LEVEL_NAMES: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'WARN', 50: 'ERROR', 60: 'FATAL' }

function textLine(json: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(json) as Record<string, unknown> & { err?: { stack?: string } }
  const parts = Object.entries(fields).map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const stack = err?.stack ? `\n${err.stack}` : ''
  return `${String(time).slice(11, 23)} ${LEVEL_NAMES[level as number] ?? level} ${msg}${parts.length ? ` ${parts.join(' ')}` : ''}${stack}`
}
