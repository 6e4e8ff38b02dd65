import { section } from '../section.ts'
import { type Setting, setting, type ValuesOf } from '../setting.ts'
import { choice } from '../types.ts'
import { gliaAuthFields } from './auth.ts'

const logFields = {
  level: setting(choice('debug', 'info', 'warn', 'error', 'silent'), { default: 'info', doc: 'Least important records that are written.' }),
  format: setting(choice('text', 'json'), { default: 'text', doc: '`text` for people, `json` (one object a line) for machines.' }),
}

export const gliaFields = {
  glia: setting(
    section({
      log: setting(section(logFields), { default: {}, doc: 'The log, which goes to standard output.' }),
      auth: setting(section(gliaAuthFields), { default: {}, doc: 'Sign-in, OAuth and tokens.' }),
    }),
    { default: {}, doc: 'Settings that Synapse does not have. No name of Synapse begins with `glia`, so the two never meet.' },
  ),
} satisfies Record<string, Setting<unknown>>

export interface LogConfig {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly format: 'text' | 'json'
}

export function logConfig(values: ValuesOf<typeof gliaFields>): LogConfig {
  return values.glia.log
}
